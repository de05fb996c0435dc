/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a vCPU starts that is then as good as lost: no stack, no MMU, no vectors; it calls, faults
 * and waits in turns. Its context is the address of a GICv2's CPU interface, or 0 for a GICv3.
 */
#ifndef FUZZER_WILD_H
#define FUZZER_WILD_H

extern char wild_entry[];

#endif
