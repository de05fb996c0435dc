/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The promises: each is a name and a function that returns NULL if it is kept, else what is wrong,
 * or not_here if this machine has not what it is about.
 */
#ifndef VGIC_CHECK_H
#define VGIC_CHECK_H

#include <stddef.h>

struct check {
    const char *name;
    const char *(*run)(void);
};

/** A part of the promises, ended by a name that is NULL. */
extern const struct check checks_delivery[];
extern const struct check checks_order[];
extern const struct check checks_state[];
extern const struct check checks_end[];
extern const struct check checks_waiting[];
extern const struct check checks_cores[];
extern const struct check checks_senders[];

extern const char not_here[];

/** Ends the function with @text unless @condition holds. */
#define REQUIRE(condition, text)                                                                   \
    do {                                                                                           \
        if (!(condition))                                                                          \
            return text;                                                                           \
    } while (0)

#endif
