/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Atomic accesses of the engine: in front of each, another CPU may be let run (machine.h). Else
 * they are the compiler's.
 */
#ifndef FAKE_STDATOMIC_H
#define FAKE_STDATOMIC_H

#include_next <stdatomic.h>

void machine_point(void);

#undef atomic_load
#undef atomic_load_explicit
#undef atomic_store
#undef atomic_store_explicit
#undef atomic_exchange
#undef atomic_exchange_explicit
#undef atomic_compare_exchange_strong
#undef atomic_compare_exchange_weak_explicit
#undef atomic_fetch_add
#undef atomic_fetch_sub
#undef atomic_fetch_or
#undef atomic_fetch_or_explicit
#undef atomic_fetch_and

#define atomic_load_explicit(object, order) (machine_point(), __atomic_load_n(object, order))
#define atomic_store_explicit(object, value, order)                                                \
    (machine_point(), __atomic_store_n(object, value, order))
#define atomic_exchange_explicit(object, value, order)                                             \
    (machine_point(), __atomic_exchange_n(object, value, order))
#define atomic_fetch_or_explicit(object, value, order)                                             \
    (machine_point(), __atomic_fetch_or(object, value, order))
#define atomic_fetch_and(object, value)                                                            \
    (machine_point(), __atomic_fetch_and(object, value, __ATOMIC_SEQ_CST))
#define atomic_fetch_add(object, value)                                                            \
    (machine_point(), __atomic_fetch_add(object, value, __ATOMIC_SEQ_CST))
#define atomic_fetch_sub(object, value)                                                            \
    (machine_point(), __atomic_fetch_sub(object, value, __ATOMIC_SEQ_CST))
#define atomic_compare_exchange_weak_explicit(object, expected, desired, success, failure)         \
    (machine_point(), __atomic_compare_exchange_n(object, expected, desired, 1, success, failure))
#define atomic_compare_exchange_strong(object, expected, desired)                                  \
    (machine_point(), __atomic_compare_exchange_n(object, expected, desired, 0, __ATOMIC_SEQ_CST,  \
                                                  __ATOMIC_SEQ_CST))
#define atomic_load(object)            atomic_load_explicit(object, __ATOMIC_SEQ_CST)
#define atomic_store(object, value)    atomic_store_explicit(object, value, __ATOMIC_SEQ_CST)
#define atomic_exchange(object, value) atomic_exchange_explicit(object, value, __ATOMIC_SEQ_CST)
#define atomic_fetch_or(object, value) atomic_fetch_or_explicit(object, value, __ATOMIC_SEQ_CST)

#endif
