/* SPDX-License-Identifier: Apache-2.0 */
/* nagayactl pet */
#include <stdio.h>
#include <time.h>

#include "json.h"
#include "nagaya.h"
#include "nagayactl.h"

#define PETS_IN_A_PERIOD 4 /* Linux may be late */

static void say(uint64_t pets, const struct nagaya_watchdog *watchdog)
{
    struct json json = {.out = stdout};

    json_open(&json, NULL, '{');
    json_number(&json, "period_ns", watchdog->period_ns);
    json_number(&json, "pets", pets);
    json_close(&json, '}');
}

static int pet(const struct arguments *arguments, const struct nagaya_watchdog *watchdog)
{
    uint64_t wanted = arguments->once ? 1 : arguments->count > 0 ? arguments->count : UINT64_MAX;
    uint64_t interval_ns = arguments->interval_ms > 0 ? (uint64_t)arguments->interval_ms * 1000000U
                                                      : watchdog->period_ns / PETS_IN_A_PERIOD;

    if (interval_ns >= watchdog->period_ns) {
        return command_fail(arguments, "each %d ms is too seldom; the watchdog's period is %llu ms",
                            arguments->interval_ms,
                            (unsigned long long)watchdog->period_ns / 1000000U);
    }
    for (uint64_t pets = 1;; pets++) {
        nagaya_watchdog_pet(watchdog);
        if (pets == wanted) {
            break;
        }
        nanosleep(&(struct timespec){.tv_sec = (time_t)(interval_ns / 1000000000U),
                                     .tv_nsec = (long)(interval_ns % 1000000000U)},
                  NULL);
    }
    if (arguments->json) {
        say(wanted, watchdog);
    }
    return STATUS_DONE;
}

int pet_command(const struct arguments *arguments)
{
    struct nagaya_watchdog watchdog;
    int status;

    if (!nagaya_watchdog_open(&watchdog)) {
        return command_fail(arguments, "%s", nagaya_error());
    }
    status = pet(arguments, &watchdog);
    nagaya_watchdog_close(&watchdog);
    return status;
}
