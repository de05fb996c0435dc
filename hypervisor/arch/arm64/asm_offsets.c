/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Numbers of C structures for the assembly: compiled, not linked; the build makes asm_offsets.h of
 * what the compiler says here. And what the assembly takes for granted about those structures.
 */
#include "cpu.h"
#include "fault.h"
#include "gic_registers.h"
#include "gic_local.h"
#include "guest.h"
#include "vcpu.h"

#define NUMBER(name, value)             __asm__("=" #name " %0" : : "i"(value))
#define OFFSET(name, structure, member) NUMBER(name, offsetof(struct structure, member))

static __attribute__((used)) void asm_offsets(void)
{
    NUMBER(PLAN_MAGIC_VALUE, PLAN_MAGIC);
    NUMBER(PLAN_VERSION_AND_HEAD, PLAN_VERSION | PLAN_HEAD_SIZE << 32);
    NUMBER(PLAN_SEED, PLAN_CHECKSUM_SEED);
    NUMBER(PLAN_PRIME, PLAN_CHECKSUM_PRIME);
    NUMBER(PLAN_HEAD_BYTES, PLAN_HEAD_SIZE);
    OFFSET(PLAN_MAGIC_OFFSET, plan, magic);
    OFFSET(PLAN_VERSION_OFFSET, plan, version);
    OFFSET(PLAN_HEAD_CHECKSUM_OFFSET, plan, head_checksum);
    OFFSET(PLAN_TOTAL_SIZE_OFFSET, plan, total_size);
    OFFSET(PLAN_BODY_CHECKSUM_OFFSET, plan, body_checksum);
    OFFSET(PLAN_CPU_COUNT_OFFSET, plan, cpu_count);
    OFFSET(PLAN_CPUS_OFFSET, plan, cpus);
    OFFSET(PLAN_CPU_MPIDR_OFFSET, plan_cpu, mpidr);
    OFFSET(PLAN_CPU_STAGE1_OFFSET, plan_cpu, stage1_root);
    NUMBER(PLAN_CPU_SIZE, sizeof(struct plan_cpu));
    OFFSET(THIS_CPU_VCPU, cpu, vcpu);
    OFFSET(THIS_CPU_NEED_RESCHED, cpu, need_resched);
    OFFSET(VCPU_FRAME, vcpu, frame);
    OFFSET(FRAME_LINK, exit_frame, x[30]);
    OFFSET(FRAME_ESR, exit_frame, cause);
    NUMBER(FAULT_AGAIN, ENGINE_FAULT_AGAIN);
    NUMBER(FAULT_TOO_OFTEN_BIT, __builtin_ctz(ENGINE_FAULT_TOO_OFTEN));
    OFFSET(STATS_LONGEST, vcpu_stats, longest);
    NUMBER(EXIT_CLASS_IRQ, EXIT_IRQ);
    NUMBER(EXIT_CLASS_FIQ, EXIT_FIQ);
    NUMBER(EXIT_CLASS_SERROR, EXIT_SERROR);
    NUMBER(HC_FAST_FIRST, (uint64_t)HC_NULL);
    NUMBER(HC_FAST_COUNT, HC_FAST_END - HC_NULL);
    NUMBER(INTERRUPT_DONE_BIT, __builtin_ctzll(INTERRUPT_DONE));
}

static_assert(offsetof(struct plan, version) + 4 == offsetof(struct plan, head_size),
              "boot.S compares both at once");
static_assert(offsetof(struct cpu, stats) == 0, "vectors.S counts through this_cpu.stats");
static_assert(offsetof(struct vcpu, frame) % 16 == 0 && sizeof(struct vcpu) % 16 == 0,
              "stack pointers are multiples of 16");
static_assert(sizeof(struct exit_frame) == 272 &&
                  offsetof(struct exit_frame, pc) == offsetof(struct exit_frame, cause) + 8 &&
                  offsetof(struct vcpu_context, vtcr) == 0 &&
                  offsetof(struct vcpu_context, hcr) == 32 &&
                  offsetof(struct vcpu_context, v) == 272 &&
                  offsetof(struct vcpu_context, fpsr) == 784,
              "vectors.S and registers.S store in this order");
