/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A PID controller with a limited output, whose integral stops growing at the limit. Takes the true
 * time between its steps, so it may be called at an uneven pace. Pure: host tests run it.
 */
#ifndef CONTROL_LOOP_PID_H
#define CONTROL_LOOP_PID_H

struct pid {
    double proportional;
    double integral;   /* per second */
    double derivative; /* seconds */
    double limit;      /* of the output, either sign */
    double sum;        /* state: the integral's part of the output */
    double last;       /* state: the last measurement */
};

/** The output that should bring @measured to @wanted; @dt in seconds since the last step. */
double pid_step(struct pid *pid, double wanted, double measured, double dt);

#endif
