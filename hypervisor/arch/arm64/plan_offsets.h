/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The plan's head for assembly. boot_checks.c proves these numbers equal to those of abi/plan.h.
 */
#ifndef ARM64_PLAN_OFFSETS_H
#define ARM64_PLAN_OFFSETS_H

#define PLAN_MAGIC_VALUE          0x4e414c5041594e41
#define PLAN_VERSION_VALUE        3
#define PLAN_CHECKSUM_SEED_VALUE  0xcbf29ce484222325
#define PLAN_CHECKSUM_PRIME_VALUE 0x100000001b3

#define PLAN_MAGIC_OFFSET         0
#define PLAN_VERSION_OFFSET       8
#define PLAN_HEAD_CHECKSUM_OFFSET 16
#define PLAN_HEAD_FROM            24 /* where the head's checksum begins */
#define PLAN_TOTAL_SIZE_OFFSET    24
#define PLAN_BODY_CHECKSUM_OFFSET 32
#define PLAN_CPU_COUNT_OFFSET     44
#define PLAN_CPUS_OFFSET          168
#define PLAN_CPU_SIZE             32
#define PLAN_CPU_MPIDR_OFFSET     0
#define PLAN_CPU_STAGE1_OFFSET    8
#define PLAN_HEAD_BYTES           680

#endif
