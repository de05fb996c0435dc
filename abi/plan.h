/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The plan: what the composer tells the hypervisor, and what `nagaya check` starts from.
 *
 * One block of bytes in the image, page aligned, little endian, never written after it was
 * composed:
 *
 *     struct plan            fixed head; its first PLAN_HEAD_SIZE bytes carry their own checksum
 *     arrays                 in any order, 8-byte aligned; found by struct plan_array {offset,
 * count}
 *
 * Units: addresses and sizes in bytes, "pa" a physical address, "ipa" an intermediate physical
 * address (what a VM takes for a physical one). Indices are positions in the plan's own arrays.
 * Everything unused is zero. A reader refuses another magic, version or checksum.
 *
 * What only readers of the plan need to know, and not the hypervisor, is in plan_map.h.
 */
#ifndef ABI_PLAN_H
#define ABI_PLAN_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#define PLAN_MAGIC   0x4e414c5041594e41ULL /* the bytes "ANYAPLAN" */
#define PLAN_VERSION 9U

#define PLAN_PAGE_SIZE     4096U
#define PLAN_NAME_SIZE     32U /* bytes of a name with its final 0 */
#define PLAN_BOARD_SIZE    64U /* the same, of the board's */
#define PLAN_MAX_CPUS      16U
#define PLAN_MAX_VMS       16U
#define PLAN_MAX_VCPUS     32U   /* in the whole system */
#define PLAN_MAX_CPU_VCPUS 8U    /* on one shared core */
#define PLAN_MAX_INTIDS    1024U /* SGIs, PPIs and SPIs (Arm IHI 0069H, 2.2.1) */
#define PLAN_FIRST_SPI     32U
#define PLAN_INTID_END     1020U /* 1020 to 1023 are no interrupts (Arm IHI 0069H, 2.2) */
/* in the whole system: a sender's way to one receiver in one channel is one */
#define PLAN_MAX_DOORBELLS 64U
#define PLAN_MAX_RESTARTS  16U /* that plan_vm.restart_limit may allow */
#define PLAN_MAX_FIRMWARE  8U  /* ranges of plan_vm.firmware */
#define PLAN_MAX_SIZE      0x40000U
#define PLAN_NONE          0xffffffffU /* in place of an index */

/** Where an array lies: @offset bytes from the plan's first byte, @count elements. */
struct plan_array {
    uint32_t offset;
    uint32_t count;
};

/** How the firmware is called (Arm DEN 0022, 5.1). */
enum plan_conduit {
    PLAN_CONDUIT_NONE = 0,
    PLAN_CONDUIT_SMC = 1,
    PLAN_CONDUIT_HVC = 2,
};

/** One physical CPU that the system uses. */
struct plan_cpu {
    uint64_t mpidr;       /* affinity fields only: bits 39:32 and 23:0 of MPIDR_EL1 */
    uint64_t stage1_root; /* pa of its EL2 translation table */
    uint64_t gicr_pa;     /* GICv3: its redistributor's first frame; for the reader of the plan */
    /* its copy of the hypervisor's per-CPU data; for the reader of the plan */
    uint64_t percpu_pa;
    uint64_t sgi0; /* what sends SGI 0 to it: a value of ICC_SGI1R_EL1 (Arm IHI 0069H, 12.2.21) or,
                    * with a GICv2, of GICD_SGIR: bit 16 + n for its CPU interface n (Arm IHI
                    * 0048B, 4.3.15) */
};

/** A UART for the log, in debug systems; present 0: none. Polled: write the byte to the data
 * register when (status & busy_mask) == 0. The page is mapped at EL2_CONSOLE. */
struct plan_console {
    uint64_t pa;          /* of the page */
    uint32_t data_offset; /* from the page's start */
    uint32_t status_offset;
    uint32_t busy_mask;
    uint32_t present; /* 1: there is one */
};

/** The interrupt controller. */
struct plan_gic {
    uint64_t gicd_pa;
    /* GICv2, else 0: the CPU interface (two pages), the virtual interface's control (a page),
     * and the CPU interface of a guest with virtual interrupts, of which it has the first page.
     * Each shows every CPU its own. */
    uint64_t gicc_pa;
    uint64_t gich_pa;
    uint64_t gicv_pa;
    /* INTIDs 0..intid_count-1 exist, below PLAN_INTID_END; a multiple of 32 */
    uint32_t intid_count;
    /* Private interrupts with a meaning of their own: each from 16 to 31, and different. */
    uint8_t hypervisor_timer; /* EL2's physical timer; with the next, no VM's */
    uint8_t maintenance;      /* the virtual interface's */
    /* a VM's, and known to the hypervisor: it can deliver it itself */
    uint8_t virtual_timer;
    uint8_t version;                      /* 2 or 3 */
    uint32_t icfgr[PLAN_MAX_INTIDS / 16]; /* GICD_ICFGR<n> to set at boot; n < 2 unused */
    uint8_t spi_cpu[PLAN_MAX_INTIDS];     /* index of the CPU each SPI goes to at first */
    uint8_t spi_owner[PLAN_MAX_INTIDS];   /* index + 1 of the VM that owns it; 0: nobody */
};

/** How a VM gets its interrupts (architecture.md, "Two ways to own a core"). */
enum plan_delivery {
    PLAN_DELIVERY_DIRECT = 0,
    PLAN_DELIVERY_VIRTUAL = 1,
    /* direct, but the hypervisor sends its SGIs, and deactivates only what is its own */
    PLAN_DELIVERY_CHECKED = 2,
};

/** By which affinities a VM knows its vCPUs. */
enum plan_affinity {
    PLAN_AFFINITY_PHYSICAL = 0, /* those of their CPUs */
    /* their numbers, from 0: its SGIs are translated, so not with direct delivery */
    PLAN_AFFINITY_VIRTUAL = 1,
};

#define PLAN_POLICY_DEDICATED 0 /* of plan_core.policy: one vCPU owns the core */

/** One slot of a core's major frame (PLAN_POLICY_TIMETABLE). They follow each other without a
 * gap, from the frame's start to its end. */
struct plan_slot {
    uint64_t start_ns; /* from the frame's start */
    uint64_t length_ns;
    uint32_t vcpu; /* position in plan_core.vcpus, or PLAN_NONE: nobody's */
    uint32_t reserved;
};

/** What runs on the CPU of the same index in plan.cpus. */
struct plan_core {
    uint32_t policy; /* enum plan_policy of plan_map.h */
    /* of the CPU in the board's device tree, as people know it; for the reader of the plan */
    uint32_t number;
    uint64_t policy_va; /* the policy itself: struct sched_policy in the hypervisor's read-only
                         * data, which it exports as sched_NAME */
    char policy_name[PLAN_NAME_SIZE]; /* NAME as users write it, with '-' for '_' */
    struct plan_array vcpus;   /* uint32_t: indices into plan.vcpus; at most PLAN_MAX_CPU_VCPUS, of
                                * different VMs; none:   the CPU only starts the others */
    struct plan_array slots;   /* struct plan_slot */
    uint64_t slice_ns;         /* a turn among equals; not 0 */
    uint64_t frame_ns;         /* length of the major frame */
    struct plan_array watched; /* uint32_t: indices of the VMs whose watchdog this core looks at */
};

/** What happens to a VM that does what it may not. */
enum plan_fault_action {
    PLAN_FAULT_INJECT = 0, /* an abort or undefined-instruction exception, in the guest */
    PLAN_FAULT_RESTART = 1,
    PLAN_FAULT_STOP = 2,
};

/** Permissions of a range of guest memory; a page is never writable and foreign. */
#define PLAN_MEMORY_READ   1U
#define PLAN_MEMORY_WRITE  2U
#define PLAN_MEMORY_EXEC   4U
#define PLAN_MEMORY_DEVICE 8U /* Device-nGnRE, else Normal write-back */
/* memory of its own that the VM is not told of as RAM; for the reader of the plan */
#define PLAN_MEMORY_ROM 16U

/** A contiguous range that a VM's stage 2 maps. RAM, devices and the info page. */
struct plan_memory {
    uint64_t ipa;
    uint64_t pa;
    uint64_t size;
    uint32_t flags;  /* PLAN_MEMORY_* */
    uint32_t region; /* devices: index into plan.regions; else PLAN_NONE */
};

/** One step of bringing a VM's memory back to its first state, done in the order of the array.
 * source_pa 0: fill with zeros. Both 64-byte aligned, size a multiple of 64. */
struct plan_restore {
    uint64_t target_pa;
    uint64_t source_pa;
    uint64_t size;
};

/** A VM's stage 2. The root is mapped at EL2_STAGE2_ROOT(vm) on the CPUs of this VM. */
struct plan_stage2 {
    uint64_t root_pa;
    uint64_t vttbr; /* root and VMID (VMID = VM index + 1) */
    uint64_t vtcr;
    /* uint64_t: the root's first entries as they should be; all later ones are 0 */
    struct plan_array root;
};

/** A doorbell that a VM may ring: page n of its plan_vm.doorbell_ipa is its doorbell n. */
struct plan_doorbell {
    uint32_t intid;   /* an SPI that the board doesn't use, the receiver's own, edge-triggered */
    uint32_t limiter; /* which of the hypervisor's PLAN_MAX_DOORBELLS rate limiters is this
                       * doorbell's: its number in the system */
    /* rings closer than this are refused to the sender, who tries again; 0: no limit */
    uint64_t interval_ns;
};

/** Functions of the machine's firmware (SMCCC, Arm DEN 0028E) that a VM may call. */
struct plan_firmware {
    uint32_t first;
    uint32_t last;
};

/** What watches over a VM. */
enum plan_watchdog_action {
    PLAN_WATCHDOG_NONE = 0,
    PLAN_WATCHDOG_LOG = 1,
    PLAN_WATCHDOG_RESTART = 2,
    PLAN_WATCHDOG_STOP = 3,
};
struct plan_watchdog {
    uint32_t action; /* enum plan_watchdog_action */
    uint32_t reserved;
    uint64_t period_ns; /* it must be petted once in each */
    /* the first period, from each start: a system has to boot before it can pet */
    uint64_t first_ns;
    uint64_t page_ipa; /* struct watchdog_page of manager.h; 0: only HC_PET */
};

/** One VM. */
struct plan_vm {
    char name[PLAN_NAME_SIZE];
    uint32_t level;        /* enum plan_level of plan_map.h */
    uint32_t delivery;     /* enum plan_delivery */
    uint32_t fault_action; /* enum plan_fault_action */
    uint32_t first_vcpu;   /* its vCPUs are consecutive in plan.vcpus; the first one boots */
    uint32_t vcpu_count;
    /* 1: some of its vCPUs share a core, so all of them lack what is not switched there */
    uint32_t restricted;
    uint64_t entry_ipa;
    uint64_t dtb_ipa;  /* goes into x0 at the start */
    uint64_t info_ipa; /* struct info_page of guest.h, read-only for the VM */
    uint64_t info_pa;
    uint64_t gicd_ipa; /* where the VM sees its distributor (GICv3: 64 KB; GICv2: 4 KB) */
    /* GICv3, else 0: where it sees its redistributors: 128 KB per vCPU, in their order */
    uint64_t gicr_ipa;
    uint64_t gicc_ipa; /* GICv2, else 0: where it sees its CPU interface. Of its two pages the first
                        * one is mapped, to gicc_pa or, with virtual interrupts, gicv_pa; the second
                        * one (GICC_DIR) is emulated */
    struct plan_stage2 stage2;
    struct plan_array memory;    /* struct plan_memory */
    struct plan_array restore;   /* struct plan_restore */
    uint64_t doorbell_ipa;       /* pages without memory: a store rings */
    struct plan_array doorbells; /* struct plan_doorbell */
    /* uint32_t: SPIs made pending when this VM's generation changes: its peers' doorbells */
    struct plan_array notify;
    struct plan_array
        firmware; /* struct plan_firmware, ascending and apart: SMCs that are passed on; at most
                   * PLAN_MAX_FIRMWARE. Never from a core with a hard VM */
    uint64_t command_ipa; /* struct manager_page of manager.h; 0: it is no manager */
    struct plan_watchdog watchdog;
    /* at most so many (PLAN_MAX_RESTARTS) restarts by a fault or the watchdog, in any ... */
    uint32_t restart_limit;
    uint32_t affinity;          /* enum plan_affinity */
    uint64_t restart_period_ns; /* ... this time; one more stops the VM. Limit 0: none */
    /* Bit n of word w: the VM owns INTID 32 w + n; word 0 for each of its vCPUs. */
    uint32_t intids[PLAN_MAX_INTIDS / 32];
};

/** One virtual CPU. It never moves. */
struct plan_vcpu {
    uint64_t mpidr; /* what the guest reads in MPIDR_EL1, without bit 31 (plan_vm.affinity) */
    uint32_t vm;
    uint32_t cpu;
    uint64_t period_ns; /* its guarantee on a shared core: budget_ns in each period_ns; 0: none */
    uint64_t budget_ns;
    uint32_t priority;   /* PLAN_POLICY_FIXED_PRIORITY: larger is more urgent */
    uint32_t interrupts; /* on a shared core, at most so many arrive for it ... */
    /* ... in any time of this length: assumed by the analysis; for the reader of the plan. */
    uint64_t interrupt_period_ns;
};

/** What the hypervisor costs on this board, at most: the analysis of shared cores is made with
 * it; for the reader of the plan. */
struct plan_costs {
    uint64_t switch_ns;    /* from one vCPU to another */
    uint64_t interrupt_ns; /* taking one interrupt */
    uint64_t exit_ns;      /* the longest time at EL2 in one piece: a decision may come so late */
};

/** Where the hypervisor itself lies. Text, read-only data and the plan are one contiguous block. */
struct plan_hypervisor {
    uint64_t pa;          /* of the first byte of text, mapped at EL2_BASE */
    uint64_t text_size;   /* read and execute */
    uint64_t rodata_size; /* read only; follows text */
    /* read and write, for all CPUs, mapped at EL2_SHARED. At first, page by page: status, ... */
    uint64_t shared_pa;
    uint64_t shared_size;
    uint64_t percpu_size; /* at plan_cpu.percpu_pa, mapped at EL2_PERCPU on that CPU */
    /* ... then stats, then the log: struct log_ring[PLAN_MAX_CPUS] (observe.h) */
    uint64_t log_pa;
    uint64_t stats_pa;  /* struct vcpu_stats[PLAN_MAX_VCPUS] (observe.h) */
    uint64_t status_pa; /* struct vm_status (manager.h), a page each, PLAN_MAX_VMS of them */
    /* after the log: struct watchdog_page, a page each, PLAN_MAX_VMS of them */
    uint64_t watchdog_pa;
    uint64_t manager_pa; /* after those: struct manager_page, one page */
    /* [pa, end_pa) holds all of the hypervisor: tables, copies of the VMs' images too */
    uint64_t end_pa;
};

/** What a switch between VMs does about speculation. */
enum plan_speculation {
    PLAN_SPECULATION_NONE = 0,
    /* what predictors have learnt of one VM is not used for another */
    PLAN_SPECULATION_MITIGATE = 1,
};

/** What follows an exception inside the hypervisor, a mistake of its own or of the hardware's. */
enum plan_engine_fault {
    /* its CPU stops, and the VMs that have a vCPU there are lost (manager.h) */
    PLAN_ENGINE_FAULT_STOP_CORE = 0,
    PLAN_ENGINE_FAULT_RESET = 1, /* the same, and then the firmware resets the machine */
};

/** The plan. */
struct plan {
    uint64_t magic;
    uint32_t version;
    uint32_t head_size;     /* PLAN_HEAD_SIZE */
    uint64_t head_checksum; /* of the bytes from total_size to the head's end */
    uint64_t total_size;    /* of the plan with its arrays, a multiple of 8 */
    uint64_t body_checksum; /* of the bytes from head_size to total_size */

    uint32_t conduit; /* enum plan_conduit */
    uint32_t cpu_count;
    struct plan_console console;
    struct plan_hypervisor hypervisor;
    struct plan_cpu cpus[PLAN_MAX_CPUS];
    /* end of the head */

    struct plan_array vms;      /* struct plan_vm */
    struct plan_array vcpus;    /* struct plan_vcpu */
    struct plan_array cores;    /* struct plan_core, one for each of plan.cpus */
    struct plan_array regions;  /* struct plan_region of plan_map.h */
    struct plan_array channels; /* struct plan_channel of plan_map.h */
    char board[PLAN_BOARD_SIZE];
    struct plan_gic gic;
    struct plan_costs costs;
    uint32_t speculation;  /* enum plan_speculation; of all shared cores */
    uint32_t engine_fault; /* enum plan_engine_fault */
    /* SPI made pending, edge-triggered, when a VM is lost: the manager's own; 0: none */
    uint32_t manager_intid;
    uint32_t reserved;
};
#define PLAN_HEAD_SIZE offsetof(struct plan, vms)

/**
 * Checksum of @count 64-bit words: h = (h xor word) times PLAN_CHECKSUM_PRIME, from
 * PLAN_CHECKSUM_SEED (FNV-1a over words, so that any change within one word is found).
 */
#define PLAN_CHECKSUM_SEED  0xcbf29ce484222325ULL
#define PLAN_CHECKSUM_PRIME 0x00000100000001b3ULL

/* The same for every compiler. */
static_assert(sizeof(struct plan_cpu) == 40 && sizeof(struct plan_console) == 24 &&
                  sizeof(struct plan_gic) == 2344 && sizeof(struct plan_costs) == 24 &&
                  sizeof(struct plan_hypervisor) == 96,
              "of the machine");
static_assert(sizeof(struct plan_slot) == 24 && sizeof(struct plan_core) == 88 &&
                  sizeof(struct plan_memory) == 32 && sizeof(struct plan_restore) == 24 &&
                  sizeof(struct plan_stage2) == 32 && sizeof(struct plan_vcpu) == 48 &&
                  sizeof(struct plan_doorbell) == 16 && sizeof(struct plan_watchdog) == 32 &&
                  sizeof(struct plan_firmware) == 8,
              "of VMs");
static_assert(sizeof(struct plan_vm) == 288 + 8 + 8 + 8 + 8 + 8 + 32 + 16 &&
                  sizeof(struct plan) == 40 + 8 + 24 + 96 + 16 * 40 + 40 + 64 + 2344 + 24 + 16,
              "the largest");

#endif
