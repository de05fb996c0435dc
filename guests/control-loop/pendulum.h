/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The plant: a pendulum that stands on a driven joint, and the cascade that keeps it up: an outer
 * controller turns the angle into a wanted speed, an inner one the speed into a torque. Pure: host
 * tests run it.
 */
#ifndef CONTROL_LOOP_PENDULUM_H
#define CONTROL_LOOP_PENDULUM_H

#include "pid.h"

/** State of the pendulum: rad from upright, rad/s. */
struct pendulum {
    double angle;
    double speed;
};

/** The pendulum and its controllers. */
struct balance {
    struct pendulum pendulum;
    struct pid angle;
    struct pid speed;
    double torque; /* what the motor has been told, held until the next step */
};

/** Lets @dt seconds pass with a constant torque in Nm at the joint. */
void pendulum_move(struct pendulum *pendulum, double torque, double dt);

/** Sets the pendulum up, a little off the upright, at rest. */
void balance_start(struct balance *balance);

/**
 * One activation of the controller, @dt seconds after the last one: the pendulum has moved
 * meanwhile under the torque that was held and @disturbance (Nm); a new torque is set.
 */
void balance_step(struct balance *balance, double disturbance, double dt);

#endif
