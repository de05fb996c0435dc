/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PID with the derivative taken of the measurement (a jump of the wanted value does not kick) and
 * clamped integral.
 */
#include "pid.h"

static double clamp(double value, double limit)
{
    if (value > limit) {
        return limit;
    }
    return value < -limit ? -limit : value;
}

double pid_step(struct pid *pid, double wanted, double measured, double dt)
{
    double error = wanted - measured;
    double rate = dt > 0 ? (measured - pid->last) / dt : 0;

    pid->sum = clamp(pid->sum + pid->integral * error * dt, pid->limit);
    pid->last = measured;
    return clamp(pid->proportional * error + pid->sum - pid->derivative * rate, pid->limit);
}
