/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Equation of motion: inertia * angle'' = mass * g * length * sin(angle) - friction * angle' +
 * torque.
 */
#include "pendulum.h"

#include <math.h>

#define MASS     0.5  /* kg */
#define LENGTH   0.3  /* m */
#define FRICTION 0.01 /* Nm s */
#define GRAVITY  9.81 /* m/s2 */
#define INERTIA  (MASS * LENGTH * LENGTH)

/* The motor can hold the pendulum at any angle (that takes 1.5 Nm), so a long pause never loses
 * it for good. */
#define TORQUE_LIMIT 3.0
#define SPEED_LIMIT  10.0

#define START_ANGLE  0.1
#define LONGEST_STEP 0.001 /* s, of the integration */
/* s: a machine that stood still for longer has not let the pendulum fall meanwhile */
#define LONGEST_MOVE 0.1

void pendulum_move(struct pendulum *pendulum, double torque, double dt)
{
    double left = dt < LONGEST_MOVE ? dt : LONGEST_MOVE;

    while (left > 0) {
        double step = left < LONGEST_STEP ? left : LONGEST_STEP;
        double acceleration =
            (MASS * GRAVITY * LENGTH * sin(pendulum->angle) - FRICTION * pendulum->speed + torque) /
            INERTIA;

        pendulum->speed += acceleration * step; /* semi-implicit Euler keeps the energy bounded */
        pendulum->angle += pendulum->speed * step;
        left -= step;
    }
}

void balance_start(struct balance *balance)
{
    *balance = (struct balance){
        .pendulum = {.angle = START_ANGLE, .speed = 0},
        .angle = {.proportional = 8, .limit = SPEED_LIMIT, .last = START_ANGLE},
        .speed = {.proportional = 60 * INERTIA, .integral = 600 * INERTIA, .limit = TORQUE_LIMIT},
    };
}

void balance_step(struct balance *balance, double disturbance, double dt)
{
    double wanted_speed;

    pendulum_move(&balance->pendulum, balance->torque + disturbance, dt);
    wanted_speed = pid_step(&balance->angle, 0, balance->pendulum.angle, dt);
    balance->torque = pid_step(&balance->speed, wanted_speed, balance->pendulum.speed, dt);
}
