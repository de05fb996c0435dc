/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads what it has not been given, again and again, for ever; before that, it writes to the
 * console what no VM may do to somebody's terminal.
 */
#include <stdbool.h>
#include <stdio.h>

#include "kit/exception.h"
#include "kit/mmio.h"
#include "kit/mmu.h"

#define UNOWNED_GPIO UINT64_C(0x09030000) /* of QEMU's virt board */

static bool go_on(struct exception_frame *frame)
{
    frame->pc += 4;
    return true;
}

int main(void)
{
    printf("storm: \033]0;a title\007\033[31mred\033[0m \033[2Jcleared\n");
    exception_set_handler(go_on);
    (void)mmu_map_device(UNOWNED_GPIO, MMU_PAGE_SIZE);
    for (;;) {
        (void)mmio_read32(UNOWNED_GPIO);
    }
}
