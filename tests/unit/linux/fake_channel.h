/* SPDX-License-Identifier: Apache-2.0 */
/* A channel "talk" between this VM, member 1, and control, member 0; its device is number 7. */
#ifndef FAKE_CHANNEL_H
#define FAKE_CHANNEL_H

#include <stdint.h>

#define CHANNEL_DEVICE 7
#define CHANNEL_SIZE   0x2000U

struct fake_channel {
    void *memory;
    uint32_t *doorbell;
    struct vm_status *status;
    unsigned rings; /* of control's doorbell */
};
extern struct fake_channel talk;

int fake_channel_setup(void **state);

#endif
