/* SPDX-License-Identifier: Apache-2.0 */
/* libnagaya and nagayactl without a kernel and without a hypervisor. */
#include "linux_test.h"

int main(void)
{
    return arguments_tests() + output_tests() + load_tests() + channel_tests() + message_tests() +
           manager_tests() + screen_tests() + watchdog_tests();
}
