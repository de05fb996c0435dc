/* SPDX-License-Identifier: Apache-2.0 */
/* Stops the second VM at once, and goes off three seconds later: "manager: stop RESULT",
 * "manager: done". */
#include <stdio.h>

#include "kit/channel.h"
#include "kit/hypercall.h"
#include "kit/psci.h"
#include "manager.h"

#define SECOND UINT64_C(1000000000)

int main(void)
{
    manager_open();
    printf("manager: stop %d\n", (int)manager_command(1, MANAGER_STOP));
    (void)hypercall(HC_DELAY, 3 * SECOND, 0, 0);
    printf("manager: done\n");
    psci_system_off();
}
