/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Functions of the engine that the linker has come here first, from other files of the engine (ld,
 * --wrap): what is done for a guest's access to its interrupt controller, or for its SGI, and what
 * is not.
 */
#ifndef FAKE_WRAPPED_H
#define FAKE_WRAPPED_H

#include "gic.h"

bool __real_gic_access(uint64_t address, struct gic_access *access);
bool __wrap_gic_access(uint64_t address, struct gic_access *access);
void __real_gic_send_sgi(uint64_t value);
void __wrap_gic_send_sgi(uint64_t value);

#endif
