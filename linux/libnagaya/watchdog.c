/* SPDX-License-Identifier: Apache-2.0 */
/* The watchdog: the node "nagaya,watchdog" has one range, the page whose change pets it. */
#include "error.h"
#include "nagaya.h"

#define MAP_PAGE 0

static bool read_period(struct nagaya_watchdog *watchdog)
{
    uint8_t bytes[8];

    if (uio_property(&watchdog->device, "nagaya,period-ns", bytes, sizeof(bytes)) !=
        sizeof(bytes)) {
        return nagaya_fail("the device tree's node of the watchdog has no proper nagaya,period-ns");
    }
    for (unsigned i = 0; i < sizeof(bytes); i++) {
        watchdog->period_ns = watchdog->period_ns << 8 | bytes[i];
    }
    return true;
}

bool nagaya_watchdog_open(struct nagaya_watchdog *watchdog)
{
    *watchdog = (struct nagaya_watchdog){.device.fd = -1};
    switch (uio_open("nagaya-watchdog", &watchdog->device)) {
    case UIO_NO_SUCH_DEVICE:
        return nagaya_fail("this VM has no watchdog (watchdog: in the system's file makes one), or "
                           "the kernel module "
                           "nagaya_uio is not loaded");
    case UIO_FAILED:
        return false;
    case UIO_OPEN:
        break;
    }
    watchdog->page = uio_map(&watchdog->device, MAP_PAGE, true);
    if (watchdog->page != NULL && read_period(watchdog)) {
        return true;
    }
    nagaya_watchdog_close(watchdog);
    return false;
}

void nagaya_watchdog_close(struct nagaya_watchdog *watchdog)
{
    uio_close(&watchdog->device);
}

/* Several programs may pet: each time the count is another one. */
void nagaya_watchdog_pet(const struct nagaya_watchdog *watchdog)
{
    __atomic_fetch_add(&watchdog->page->count, 1, __ATOMIC_RELEASE);
}
