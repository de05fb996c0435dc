/* SPDX-License-Identifier: Apache-2.0 */
/* Scheduling: the policies against a reference in virtual time, and the analysis against the
 * policies. */
#include "sched_test.h"

int main(void)
{
    return test_policies() + test_guarantees() + test_analysis();
}
