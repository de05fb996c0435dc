/* SPDX-License-Identifier: Apache-2.0 */
/* nagayactl, the tool of the manager VM and of every Linux with channels. */
#include "nagayactl.h"

int main(int argc, char **argv)
{
    return nagayactl(argc, argv);
}
