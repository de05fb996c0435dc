/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where data lies: with all CPUs, or with each one. Specifiers: they come first in a declaration,
 * and in all of one variable's. A port of its own has them as its compiler does it; here they are
 * sections of hypervisor.lds.
 */
#ifndef ARM64_CORE_LOCAL_H
#define ARM64_CORE_LOCAL_H

/** Data of all CPUs, zero at boot. Every writer is named beside it. */
#define SHARED __attribute__((section(".shared")))

/** The same, from a page's start to a page's end with nothing else there: VMs see it. @name: in
 * hypervisor.lds. */
#define SHARED_PAGES(name) __attribute__((section(".pages." #name), aligned(4096), used))

/** Data of this CPU at the same address on each, zero at boot. */
#define PERCPU __attribute__((section(".percpu")))

#endif
