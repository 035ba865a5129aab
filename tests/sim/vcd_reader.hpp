// Reads a value change dump back, strictly by the grammar of IEEE 1364, and knows every signal's history.
#ifndef NPIM_TESTS_SIM_VCD_READER_HPP
#define NPIM_TESTS_SIM_VCD_READER_HPP

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

struct vcd_signal {
    std::string type;
    unsigned bits = 0;
    std::vector<std::pair<uint64_t, std::string>> changes; // value: binary digits, or a real as written

    // Before the first change: "".
    std::string at(uint64_t time_ps) const {
        std::string value;
        for (const auto &[when, what] : changes)
            if (when <= time_ps) value = what;
        return value;
    }
    static uint64_t number(const std::string &digits) { return std::strtoull(digits.c_str(), nullptr, 2); }
    uint64_t number_at(uint64_t time_ps) const { return number(at(time_ps)); }
    double real_at(uint64_t time_ps) const { return std::strtod(at(time_ps).c_str(), nullptr); }
    // Total time at a value, up to end_ps.
    uint64_t time_at(uint64_t value, uint64_t end_ps) const {
        uint64_t sum = 0;
        for (size_t i = 0; i < changes.size(); i++)
            if (number(changes[i].second) == value)
                sum += (i + 1 < changes.size() ? changes[i + 1].first : end_ps) - changes[i].first;
        return sum;
    }
};

struct vcd_reader {
    std::map<std::string, vcd_signal> signals; // by full name, without the range
    std::string timescale;
    uint64_t first_ps = 0, last_ps = 0;

    explicit vcd_reader(const std::string &text) : in(text) {
        EXPECT_TRUE(!text.empty() && text.back() == '\n') << "the last line is complete";
        while (good && declaration()) {
        }
        while (good && change()) {
        }
        EXPECT_TRUE(scopes.empty());
        EXPECT_TRUE(timed) << "no time";
        EXPECT_FALSE(dumping) << "$dumpvars without $end";
        for (const auto &[name, one] : signals) EXPECT_FALSE(one.changes.empty()) << name << " has no value";
    }

    const vcd_signal &operator[](const std::string &name) const {
        static const vcd_signal none;
        const auto found = signals.find(name);
        EXPECT_NE(found, signals.end()) << name;
        return found == signals.end() ? none : found->second;
    }

  private:
    void bad(const std::string &what) {
        ADD_FAILURE() << what;
        good = false;
    }
    std::string word() {
        std::string w;
        in >> w;
        return w;
    }
    std::string until_end() {
        std::string all, w;
        while (in >> w && w != "$end") all += (all.empty() ? "" : " ") + w;
        if (w != "$end") bad("no $end");
        return all;
    }

    bool declaration() {
        const std::string keyword = word();
        if (keyword == "$date" || keyword == "$version" || keyword == "$comment")
            until_end();
        else if (keyword == "$timescale")
            timescale = until_end();
        else if (keyword == "$scope")
            scope(until_end());
        else if (keyword == "$upscope")
            upscope();
        else if (keyword == "$var")
            variable(until_end());
        else if (keyword != "$enddefinitions")
            bad("unknown keyword " + keyword);
        if (keyword != "$enddefinitions") return true;
        EXPECT_EQ(until_end(), "");
        return false;
    }
    void scope(const std::string &text) {
        if (text.rfind("module ", 0) != 0 || text.find(' ', 7) != std::string::npos)
            return bad("scope " + text);
        scopes.push_back(text.substr(7));
    }
    void upscope() {
        if (until_end() != "" || scopes.empty()) return bad("upscope");
        scopes.pop_back();
    }
    void variable(const std::string &text) {
        std::istringstream words(text);
        std::string type, code, name, range;
        unsigned bits = 0;
        words >> type >> bits >> code >> name >> range;
        const std::string expected = bits > 1 && type == "wire" ? "[" + std::to_string(bits - 1) + ":0]" : "";
        if ((type != "wire" && type != "real") || bits < 1 || bits > 64 || range != expected)
            return bad("variable " + text);
        for (char c : code)
            if (c < 33 || c > 126) return bad("code of " + text);
        std::string full;
        for (const std::string &level : scopes) full += level + ".";
        full += name;
        if (codes.count(code) || signals.count(full)) return bad("twice: " + text);
        codes[code] = full;
        signals[full] = {type, bits, {}};
    }

    bool change() {
        const std::string w = word();
        if (w.empty()) return false;
        if (w == "$dumpvars" || w == "$end")
            section(w);
        else if (w[0] == '#')
            time(w.substr(1));
        else if (w[0] == 'b')
            value(signals_of(word(), "wire"), w.substr(1), "01", true);
        else if (w[0] == 'r')
            value(signals_of(word(), "real"), w.substr(1), "0123456789+-.e", false);
        else
            value(signals_of(w.substr(1), "wire"), w.substr(0, 1), "01", false);
        return good;
    }
    void section(const std::string &keyword) {
        if ((keyword == "$end") != dumping) bad("misplaced " + keyword);
        dumping = keyword == "$dumpvars";
    }
    void time(const std::string &digits) {
        if (digits.empty() || digits.find_first_not_of("0123456789") != std::string::npos)
            return bad("time " + digits);
        const uint64_t at = std::strtoull(digits.c_str(), nullptr, 10);
        if (timed && at <= last_ps) return bad("time goes back at " + digits);
        if (!timed) first_ps = at;
        timed = true;
        last_ps = at;
    }
    vcd_signal *signals_of(const std::string &code, const std::string &type) {
        const auto found = codes.find(code);
        if (found == codes.end()) return bad("unknown code " + code), nullptr;
        vcd_signal &one = signals[found->second];
        if (one.type != type) return bad(found->second + " is no " + type), nullptr;
        return &one;
    }
    void value(vcd_signal *to, const std::string &text, const char *allowed, bool vector) {
        if (!to) return;
        if (!timed) return bad("a value before the first time");
        if (text.empty() || text.find_first_not_of(allowed) != std::string::npos) return bad("value " + text);
        if (to->type == "wire" && (text.size() > to->bits || (to->bits > 1) != vector))
            return bad("width " + text);
        if (!to->changes.empty() && to->changes.back().first == last_ps) return bad("two values at once");
        if (!to->changes.empty() && to->changes.back().second == text) return bad("a change to the same");
        to->changes.emplace_back(last_ps, text);
    }

    std::istringstream in;
    std::vector<std::string> scopes;
    std::map<std::string, std::string> codes;
    bool good = true, timed = false, dumping = false;
};

#endif
