/* SPDX-License-Identifier: Apache-2.0 */
#include "names.h"

#include <stdio.h>

#include "manager.h"
#include "observe.h"

#define NAME(names, index) ((index) < sizeof(names) / sizeof(names)[0] ? (names)[index] : "?")

const char *level_name(uint32_t level)
{
    static const char *const names[] = {"best effort", "soft", "hard"};

    return NAME(names, level);
}

const char *state_name(uint32_t state)
{
    static const char *const names[] = {"off",      "runs", "ends", "restarts",
                                        "restarts", "ends", "lost"};

    return NAME(names, state);
}

const char *reason_name(uint32_t reason)
{
    static const char *const names[] = {"boot",     "itself",        "manager",         "fault",
                                        "watchdog", "restart limit", "hypervisor fault"};

    return NAME(names, reason);
}

const char *exit_class_name(uint32_t class, char text[16])
{
    /* Arm DDI 0487, ESR_EL2.EC */
    switch (class) {
    case 0x01:
        return "WFI or WFE";
    case 0x07:
        return "floating point";
    case 0x16:
        return "HVC";
    case 0x17:
        return "SMC";
    case 0x18:
        return "system register";
    case 0x20:
        return "instruction abort";
    case 0x24:
        return "data abort";
    case EXIT_IRQ:
        return "IRQ";
    case EXIT_FIQ:
        return "FIQ";
    case EXIT_SERROR:
        return "SError";
    default:
        snprintf(text, 16, "class 0x%02x", class);
        return text;
    }
}
