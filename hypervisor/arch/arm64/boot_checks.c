/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that the numbers which the assembly uses are those of the C structures. Compiles to nothing.
 */
#include "cpu.h"
#include "observe_offsets.h"
#include "plan_offsets.h"
#include "gicv3.h"
#include "gicv3_local.h"
#include "guest.h"
#include "vcpu.h"

static_assert(PLAN_MAGIC_VALUE == PLAN_MAGIC, "plan_offsets.h");
static_assert(PLAN_VERSION_VALUE == PLAN_VERSION, "plan_offsets.h");
static_assert(PLAN_CHECKSUM_SEED_VALUE == PLAN_CHECKSUM_SEED, "plan_offsets.h");
static_assert(PLAN_CHECKSUM_PRIME_VALUE == PLAN_CHECKSUM_PRIME, "plan_offsets.h");
static_assert(PLAN_MAGIC_OFFSET == offsetof(struct plan, magic), "plan_offsets.h");
static_assert(PLAN_VERSION_OFFSET == offsetof(struct plan, version), "plan_offsets.h");
static_assert(PLAN_VERSION_OFFSET + 4 == offsetof(struct plan, head_size), "boot.S compares both at once");
static_assert(PLAN_HEAD_CHECKSUM_OFFSET == offsetof(struct plan, head_checksum), "plan_offsets.h");
static_assert(PLAN_HEAD_FROM == offsetof(struct plan, total_size), "plan_offsets.h");
static_assert(PLAN_TOTAL_SIZE_OFFSET == offsetof(struct plan, total_size), "plan_offsets.h");
static_assert(PLAN_BODY_CHECKSUM_OFFSET == offsetof(struct plan, body_checksum), "plan_offsets.h");
static_assert(PLAN_CPU_COUNT_OFFSET == offsetof(struct plan, cpu_count), "plan_offsets.h");
static_assert(PLAN_CPUS_OFFSET == offsetof(struct plan, cpus), "plan_offsets.h");
static_assert(PLAN_CPU_SIZE == sizeof(struct plan_cpu), "plan_offsets.h");
static_assert(PLAN_CPU_MPIDR_OFFSET == offsetof(struct plan_cpu, mpidr), "plan_offsets.h");
static_assert(PLAN_CPU_STAGE1_OFFSET == offsetof(struct plan_cpu, stage1_root), "plan_offsets.h");
static_assert(PLAN_HEAD_BYTES == PLAN_HEAD_SIZE, "plan_offsets.h");

static_assert(EXIT_CLASS_IRQ == EXIT_IRQ && EXIT_CLASS_FIQ == EXIT_FIQ && EXIT_CLASS_SERROR == EXIT_SERROR,
              "observe_offsets.h");
static_assert(HC_FAST_FIRST == HC_NULL && HC_FAST_COUNT == HC_FAST_END - HC_NULL, "observe_offsets.h");
static_assert(INTERRUPT_DONE >> INTERRUPT_DONE_BIT == 1, "observe_offsets.h");
static_assert(VM_DOORBELL_IPA == offsetof(struct plan_vm, doorbell_ipa), "observe_offsets.h");
static_assert(VM_DOORBELLS == offsetof(struct plan_vm, doorbells) && VM_DOORBELLS == VM_DOORBELL_IPA + 8 &&
                  PLAN_MAX_SIZE <= 1 << 20 && PLAN_PAGE_SIZE == 1 << 12,
              "observe_offsets.h");
static_assert(1 << DOORBELL_SHIFT == sizeof(struct plan_doorbell) && offsetof(struct plan_doorbell, limiter) == 4 &&
                  DOORBELL_INTERVAL == offsetof(struct plan_doorbell, interval_ns) &&
                  DOORBELL_COUNT == PLAN_MAX_DOORBELLS,
              "observe_offsets.h");
/* NOLINTNEXTLINE(misc-redundant-expression): that they are the same is what is proved */
static_assert(HC_NOT_ALLOWED == HC_ERR_NOT_ALLOWED && HC_AGAIN == HC_ERR_AGAIN && ISPENDR == GICD_ISPENDR,
              "observe_offsets.h");
static_assert(THIS_CPU_VM == offsetof(struct cpu, vm) && STATS_LONGEST == offsetof(struct vcpu_stats, longest),
              "observe_offsets.h");
static_assert(THIS_CPU_DECIDE == offsetof(struct cpu, decide), "observe_offsets.h");
static_assert(offsetof(struct cpu, stats) == 0, "vectors.S counts through this_cpu.stats");
static_assert(THIS_CPU_VCPU == offsetof(struct cpu, vcpu), "observe_offsets.h");
static_assert(VCPU_FRAME == offsetof(struct vcpu, frame) && VCPU_FRAME % 16 == 0, "observe_offsets.h");
static_assert(offsetof(struct exit_frame, x[30]) == 240 && sizeof(struct exit_frame) == 256, "vectors.S stores there");
static_assert(sizeof(struct vcpu) % 16 == 0, "the stack pointer is a multiple of 16");
static_assert(offsetof(struct vcpu_context, vtcr) == 240 && offsetof(struct vcpu_context, v) == 272 &&
                  offsetof(struct vcpu_context, fpsr) == 784,
              "registers.S goes through it in this order");
