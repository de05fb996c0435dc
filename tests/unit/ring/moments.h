/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lib/ring.c is compiled with this before it: each of its accesses to shared memory is a moment at
 * which a test may do what it likes. Between two accesses nothing happens that the other side could
 * see, so what holds with something done at each moment holds with it done at any time.
 */
#ifndef MOMENTS_H
#define MOMENTS_H

/** Called before each access and each barrier (of no word), in this thread, if it is set. */
extern _Thread_local void (*at_each_moment)(const volatile void *word, int order);

static inline void moment(const volatile void *word, int order)
{
    if (at_each_moment) {
        at_each_moment(word, order);
    }
}

#define __atomic_load_n(word, order) (moment(word, order), __atomic_load_n(word, order))
#define __atomic_store_n(word, value, order)                                                       \
    (moment(word, order), __atomic_store_n(word, value, order))
#define __atomic_thread_fence(order) (moment(0, order), __atomic_thread_fence(order))

#endif
