/* SPDX-License-Identifier: Apache-2.0 */
#include "linux_test.h"

#include "fake_channel.h"

struct fake_channel talk;

static void count_ring(volatile uint32_t *word, uint32_t value)
{
    (void)word;
    (void)value;
    talk.rings++;
}

int fake_channel_setup(void **state)
{
    fake_setup(state);
    fake_device(CHANNEL_DEVICE, "nagaya-channel-talk");
    talk = (struct fake_channel){
        .memory = fake_range(CHANNEL_DEVICE, 0, 0x60000000, CHANNEL_SIZE),
        .doorbell = fake_range(CHANNEL_DEVICE, 1, 0x60010000, PLAN_PAGE_SIZE),
        .status = fake_range(CHANNEL_DEVICE, 2, 0x60020000, PLAN_PAGE_SIZE),
    };
    fake_cell(CHANNEL_DEVICE, "nagaya,member", 1);
    fake_cell(CHANNEL_DEVICE, "nagaya,peers", 0);
    fake_property(CHANNEL_DEVICE, "nagaya,peer-names", "control", sizeof "control");
    fake_stored = count_ring;
    return 0;
}
