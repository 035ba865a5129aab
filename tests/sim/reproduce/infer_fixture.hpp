// A study whose runs of npim infer and npim characterize are answered by the test.
#ifndef NPIM_TESTS_SIM_REPRODUCE_INFER_FIXTURE_HPP
#define NPIM_TESTS_SIM_REPRODUCE_INFER_FIXTURE_HPP

#include "section_fixture.hpp"

#include <functional>
#include <sstream>
#include <vector>

class infer_fixture : public section_fixture {
  protected:
    struct answer {
        double accuracy, int8;
        std::vector<double> layers_dB;
    };

    static std::string document(const answer &a) {
        std::ostringstream text;
        text.precision(17);
        text << "{\"accuracy_int8\": " << a.int8 << ", \"accuracy\": " << a.accuracy << ", \"layers\": [";
        for (size_t i = 0; i < a.layers_dB.size(); i++) {
            text << (i ? ", " : "") << "{\"name\": \"l" << i << "\", \"sinad_dB\": ";
            if (std::isnan(a.layers_dB[i]))
                text << "null}";
            else
                text << a.layers_dB[i] << "}";
        }
        text << "]}";
        return text.str();
    }

    // The word behind another one of a command; "" without.
    static std::string word_behind(const std::string &command, const std::string &word) {
        std::istringstream words(command);
        for (std::string w; words >> w;)
            if (w == word) return words >> w ? w : "";
        return "";
    }
    // The size of the noise; 0: as it is designed.
    static double level_of(const std::string &command) {
        const std::string set = word_behind(command, "--set");
        return set.empty() ? 0.0 : std::stod(set.substr(set.find('=') + 1));
    }

    // Every run of infer gets what `of` says of its command.
    void answer_infer(const std::function<answer(const std::string &)> &of) {
        for (size_t i = 0; i < study.runs.n; i++) {
            npim_run &run = study.runs.items[i];
            if (std::string(run.command).rfind("infer ", 0) != 0) continue;
            cJSON_Delete(run.document);
            run.document = cJSON_Parse(document(of(run.command)).c_str());
            ASSERT_NE(run.document, nullptr);
        }
    }

    std::vector<std::string> commands() const {
        std::vector<std::string> all;
        for (size_t i = 0; i < study.runs.n; i++) all.push_back(study.runs.items[i].command);
        return all;
    }
};

#endif
