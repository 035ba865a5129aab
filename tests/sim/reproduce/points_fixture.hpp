// A study without runs, and points that are all alike: a test changes the few that it is about.
#ifndef NPIM_TESTS_SIM_REPRODUCE_POINTS_FIXTURE_HPP
#define NPIM_TESTS_SIM_REPRODUCE_POINTS_FIXTURE_HPP

#include "sim/reproduce/points.h"
#include "study_fixture.hpp"

#include <cmath>
#include <memory>

class points_fixture : public study_fixture {
  protected:
    void SetUp() override {
        study_fixture::SetUp();
        begin(true);
        for (auto &set : points->at)
            for (auto &rule : set)
                for (auto &network : rule)
                    for (npim_point &p : network) p = {1, 100, NAN, {10, 20}, 1};
    }
    std::unique_ptr<npim_points> points = std::make_unique<npim_points>();
};

#endif
