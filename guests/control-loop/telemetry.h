/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The control loop's link to another VM: samples go out and orders come in as messages of text
 * (ring.h) over the channel "telemetry". Neither takes an exit: the doorbell is not rung, so the
 * other side has to look by itself.
 */
#ifndef CONTROL_LOOP_TELEMETRY_H
#define CONTROL_LOOP_TELEMETRY_H

#include <stdbool.h>
#include <stdint.h>

struct sample {
    uint64_t number; /* 1 is the first after each start */
    double angle;    /* rad */
    double speed;    /* rad/s */
    double torque;   /* Nm */
};

enum order {
    ORDER_NONE,
    ORDER_STOP,     /* sum up and end */
    ORDER_HANG,     /* fault: do nothing any more, interrupts masked */
    ORDER_TRESPASS, /* fault: write to memory that is another's */
};

/** Opens the channel. False: this VM has none, and the functions below do nothing. */
bool telemetry_open(void);

/** Sends a sample. If nobody has made room, it is lost. */
void telemetry_send(const struct sample *sample);

/** The next order that has come in this life; one that there isn't is answered. */
enum order telemetry_order(void);

#endif
