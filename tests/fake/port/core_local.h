/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where data lies on the fake machine: a CPU is a thread, so what is its own is the thread's.
 */
#ifndef ARM64_CORE_LOCAL_H
#define ARM64_CORE_LOCAL_H

#define SHARED
#define SHARED_PAGES(name) __attribute__((aligned(4096)))
#define PERCPU             _Thread_local

#endif
