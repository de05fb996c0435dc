/* SPDX-License-Identifier: Apache-2.0 */
/* See random.h. */
#include "random.h"

/** splitmix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014). */
uint64_t random_next(struct random *random)
{
    uint64_t z = random->state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

struct random random_start(uint64_t seed, uint64_t life, uint64_t vcpu, uint64_t step)
{
    struct random random = {.state = seed};

    random.state = random_next(&random) ^ life;
    random.state = random_next(&random) ^ vcpu;
    random.state = random_next(&random) ^ step;
    return random;
}

uint64_t random_below(struct random *random, uint64_t end)
{
    return random_next(random) % end;
}

bool random_once(struct random *random, uint64_t in)
{
    return random_below(random, in) == 0;
}

uint64_t random_value(struct random *random)
{
    uint64_t any = random_next(random);

    switch (random_below(random, 6)) {
    case 0:
        return 0;
    case 1:
        return UINT64_MAX;
    case 2:
        return UINT64_C(1) << any % 64;
    case 3:
        return any % 16;
    case 4:
        return UINT64_MAX - any % 16;
    default:
        return any;
    }
}
