/* SPDX-License-Identifier: Apache-2.0 */
/* The demand-bound test of a core under EDF (docs/scheduling.md, "edf"), and what to say of one
 * that fails it. */
#ifndef COMPOSER_ANALYSIS_DEMAND_H
#define COMPOSER_ANALYSIS_DEMAND_H

#include "analysis.h"

/** Whether no window is asked for more than it has. */
bool demand_is_met(const struct analysis_core *core);

/** Of a core that fails: writes into the reason of one entity which window is asked for how much
 * by whom, and what budget or period of that entity would do. Returns its index. */
size_t demand_explain(const struct analysis_core *core, struct analysis *analysis);

#endif
