/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The manager that lets one storm after the other begin (storm.h), each in a new life of the
 * attacker, and tells what it cost the victim: exits of its vCPU, from the hypervisor's counters
 * and from what it has noticed itself.
 *
 *     storm: KIND; target STATE: ns=... exits=... felt=... asked=... answered=...
 *
 * Boot arguments: attacker=VM, its number in the system's file; vms=N, how many there are;
 * victim=vCPU, its number in the plan (all vCPUs in the order of their VMs); ns=N, how long each
 * storm lasts; tiny=VM, the first of those that are started again at once: then there are only the
 * storms that make VMs or vCPUs start and end, else only the others.
 */
#include <inttypes.h>
#include <stdio.h>

#include "kit/channel.h"
#include "kit/cpu.h"
#include "kit/fdt.h"
#include "kit/gic.h"
#include "kit/hypercall.h"
#include "kit/machine.h"
#include "kit/mmio.h"
#include "kit/mmu.h"
#include "kit/sysreg.h"
#include "kit/timer.h"
#include "observe.h"

#include "storm.h"

#define SETTLE_NS 3000000U /* what the target needs for its way into its state: turns of 1 ms */
#define TURN_NS   10000U   /* of a CPU that doesn't pass its turn on by itself */
#define OBSERVE   1U       /* range of the manager's node */
#define TINY_VMS  (STORM_KIND_COUNT - STORM_TINY_RESET)

#define CNT_CTL_ENABLE 1U
#define CNT_CTL_IMASK  2U

static const char *const kinds[] = {
#define STORM_KIND(symbol, name) name,
    STORM_KINDS(STORM_KIND)
#undef STORM_KIND
};

static const char *const states[] = {
#define STORM_STATE(symbol, name) name,
    STORM_STATES(STORM_STATE)
#undef STORM_STATE
};

static const struct info_channel *orders;
static const struct info_channel *limited;
static const struct info_channel *help;
static struct storm_page *page;
static const struct storm_felt_page *felt_page;
static volatile struct manager_page *manager;
static const volatile struct vcpu_stats *victim;
static uint32_t attacker;
static uint32_t first_tiny; /* 0: there are none */
static volatile bool expired;

static void on_timer(uint32_t intid, void *context)
{
    (void)intid;
    (void)context;
    timer_stop(TIMER_VIRTUAL);
    expired = true;
}

static void sleep_for(uint64_t ns)
{
    cpu_interrupts_disable();
    expired = false;
    timer_set(TIMER_VIRTUAL, timer_now() + timer_from_ns(ns));
    while (!expired) {
        cpu_wait_for_interrupt();
        gic_handle_interrupt();
    }
    cpu_interrupts_enable();
}

static enum manager_result order(uint32_t vm, enum manager_command command)
{
    mmio_write32((uint64_t)&manager->commands[vm], command);
    return manager->results[vm];
}

static uint32_t tiny_of(enum storm_kind kind)
{
    return first_tiny + (uint32_t)(kind - STORM_TINY_RESET);
}

/** Where the counters of vCPU @number are. */
static const volatile struct vcpu_stats *stats_of(uint64_t number)
{
    const struct fdt *fdt = &machine()->fdt;
    int node = fdt_compatible(fdt, FDT_NONE, "nagaya,manager");
    struct fdt_range range;

    if (node == FDT_NONE || !fdt_reg(fdt, node, OBSERVE, &range) ||
        !mmu_map(range.start, range.start, range.size, MMU_READ)) {
        return NULL;
    }
    uint32_t offset = fdt_cell(fdt_property(fdt, node, "nagaya,stats-offset"), 0);
    return (const volatile struct vcpu_stats *)(range.start + offset) + number;
}

static uint64_t exits(void)
{
    uint64_t sum = 0;

    for (unsigned class = 0; class < EXIT_CLASSES; class ++) {
        sum += victim->exits[class];
    }
    return sum;
}

/** What the watcher itself asks for in @kind, once. */
static void ask(enum storm_kind kind)
{
    enum manager_result result = MANAGER_OK;

    /* QEMU takes the turn from us in the midst of a command, and gives it back when something is
     * due at the latest: a timer, which need not interrupt anybody. */
    SYSREG_WRITE(cntp_cval_el0, timer_now() + timer_from_ns(TURN_NS));
    SYSREG_WRITE(cntp_ctl_el0, CNT_CTL_ENABLE | CNT_CTL_IMASK);
    switch (kind) {
    case STORM_RESTART: /* when the target is in its state */
        result = page->waits == 0 ? MANAGER_ERR_STATE : order(attacker, MANAGER_RESTART);
        page->waits = result == MANAGER_OK ? 0 : page->waits;
        break;
    case STORM_STOP_START:
        result = order(attacker, manager_status(attacker)->state == VM_STATUS_OFF ? MANAGER_START
                                                                                  : MANAGER_STOP);
        break;
    case STORM_TINY_OFF:
        result = order(tiny_of(kind), MANAGER_START);
        break;
    case STORM_TINY_RESTART:
        result = order(tiny_of(kind), MANAGER_RESTART);
        break;
    case STORM_DOORBELL:
        channel_ring(&orders->peers[0]);
        break;
    default: /* STORM_DOORBELL_LIMITED */
        result = channel_ring_now(&limited->peers[0]) == HC_OK ? MANAGER_OK : MANAGER_ERR_STATE;
    }
    page->asked += result == MANAGER_OK ? 1 : 0;
    storm_pass();
}

static bool is_tiny(enum storm_kind kind)
{
    return kind >= STORM_TINY_RESET;
}

static bool is_own(enum storm_kind kind)
{
    return kind == STORM_RESTART || kind == STORM_STOP_START || kind == STORM_DOORBELL ||
           kind == STORM_DOORBELL_LIMITED || kind == STORM_TINY_OFF || kind == STORM_TINY_RESTART;
}

static void let_go(enum storm_kind kind, uint64_t ns)
{
    uint64_t end = timer_now() + timer_from_ns(ns);

    if (kind == STORM_ANOTHERS_DIR) {
        ((struct storm_help_page *)help->memory)->end = page->spi;
        channel_ring(&help->peers[0]);
    }
    page->go = 1;
    if (!is_own(kind)) {
        sleep_for(ns);
    }
    while (is_own(kind) && timer_now() < end) {
        ask(kind);
    }
    page->go = 0;
    if (help != NULL) {
        ((struct storm_help_page *)help->memory)->end = 0;
    }
}

/** Starts the attacker anew, whatever it does. */
static void start_anew(enum storm_kind kind, enum storm_state state)
{
    page->kind = kind;
    page->state = state;
    page->waits = 0;
    page->ready = 0;
    while (order(attacker, MANAGER_RESTART) != MANAGER_OK) {
        sleep_for(SETTLE_NS / 10); /* the last storm has left it on its way */
    }
    page->waits = 0; /* its last life may have come so far */
    page->ready = 0;
    while (page->ready == 0) {
        sleep_for(SETTLE_NS / 10);
    }
    sleep_for(SETTLE_NS);
}

static void stop(uint32_t vm)
{
    while (manager_status(vm)->state != VM_STATUS_OFF) {
        (void)order(vm, MANAGER_STOP);
        sleep_for(SETTLE_NS / 10);
    }
}

static void storm(enum storm_kind kind, enum storm_state state, uint64_t ns)
{
    const volatile struct vm_status *status =
        manager_status(is_tiny(kind) ? tiny_of(kind) : attacker);

    if (is_tiny(kind)) {
        (void)order(tiny_of(kind), MANAGER_START);
    } else {
        start_anew(kind, state);
    }
    uint32_t lives = status->generation;
    page->asked = 0;
    page->answer = 0;
    uint64_t begin = timer_now();
    uint64_t exits_before = exits();
    uint64_t felt = felt_page->felt;
    let_go(kind, ns);
    uint64_t exits_after = exits();
    felt = felt_page->felt - felt;
    if (is_tiny(kind)) {
        page->asked = status->generation - lives;
        stop(tiny_of(kind));
    }
    printf("storm: %s; target %s: ns=%" PRIu64 " exits=%" PRIu64 " felt=%" PRIu64 " asked=%" PRIu32
           " answered=%" PRIu32 "\n",
           kinds[kind], states[state], timer_to_ns(timer_now() - begin), exits_after - exits_before,
           felt, page->asked, page->answer);
}

static bool is_about_lives(enum storm_kind kind)
{
    return kind == STORM_CPU_ON || kind == STORM_CPU_ON_ISPENDR || kind == STORM_SELF_RESET ||
           kind == STORM_RESTART || kind == STORM_STOP_START || is_tiny(kind);
}

/** The vCPU that is to be started, and a tiny VM's second one, are off in any case. */
static bool is_off(enum storm_kind kind)
{
    return kind == STORM_CPU_ON || kind == STORM_CPU_ON_ISPENDR || is_tiny(kind);
}

static bool open(void)
{
    const struct info_channel *felt = channel_open("felt");

    attacker = (uint32_t)machine_argument("attacker", 1);
    first_tiny = (uint32_t)machine_argument("tiny", 0);
    orders = channel_open("orders");
    limited = channel_open("limited");
    help = channel_open("help");
    manager = manager_open();
    victim = stats_of(machine_argument("victim", 0));
    if (felt == NULL || orders == NULL || limited == NULL || (help == NULL && first_tiny == 0) ||
        manager == NULL || victim == NULL) {
        return false;
    }
    page = (struct storm_page *)orders->memory;
    felt_page = (const struct storm_felt_page *)felt->memory;
    return true;
}

int main(void)
{
    uint64_t ns = machine_argument("ns", 20000000);
    uint32_t vms = (uint32_t)machine_argument("vms", 2);

    if (!open()) {
        puts("storm: a channel is missing, or this is no manager");
        return 1;
    }
    gic_set_handler(timer_intid(TIMER_VIRTUAL), on_timer, NULL);
    gic_enable(timer_intid(TIMER_VIRTUAL));
    cpu_interrupts_enable();
    for (uint32_t vm = first_tiny; vm != 0 && vm < first_tiny + TINY_VMS; vm++) {
        stop(vm);
    }
    for (enum storm_kind kind = 0; kind < STORM_KIND_COUNT; kind++) {
        for (enum storm_state state = 0; state < STORM_STATE_COUNT; state++) {
            if (is_about_lives(kind) == (first_tiny != 0) &&
                (!is_off(kind) || state == STORM_TARGET_OFF)) {
                storm(kind, state, ns);
            }
        }
    }
    puts("storm: done");
    for (uint32_t vm = 1; vm < vms; vm++) {
        (void)order(vm, MANAGER_STOP);
    }
    return 0; /* nobody is left: the machine goes off */
}
