/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of the message rings (lib/ring.h). */
#include "ring_test.h"

int main(void)
{
    return test_rings() + test_ring_orders() + test_ring_restarts() + test_ring_hostile_peers() +
           test_ring_threads();
}
