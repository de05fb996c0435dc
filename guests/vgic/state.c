/* SPDX-License-Identifier: Apache-2.0 */
/* Enabling, disabling, setting and clearing, at any moment: nothing is lost, nothing comes that
 * was cleared. */
#include "check.h"
#include "devices.h"
#include "interrupt.h"
#include "kit/timer.h"

/** One that is only ever pending when it was set so: of each kind that there is. */
static unsigned settable(uint32_t intids[static 4])
{
    unsigned count = 0;

    intids[count++] = 4;
    intids[count++] = timer_intid(TIMER_VIRTUAL);
    if (devices_level_count() > 0) {
        intids[count++] = devices_level(0);
    }
    if (devices_edge_count() > 0) {
        intids[count++] = devices_edge(0);
    }
    return count;
}

/** Looks at @run with an interrupt of each kind that @fits. */
static const char *each_that(bool (*fits)(uint32_t intid), const char *(*run)(uint32_t intid))
{
    uint32_t intids[4];
    unsigned count = settable(intids);

    for (unsigned i = 0; i < count; i++) {
        const char *wrong = fits(intids[i]) ? run(intids[i]) : NULL;

        REQUIRE(wrong == NULL, wrong);
        interrupt_clean();
    }
    return NULL;
}

static bool any(uint32_t intid)
{
    (void)intid;
    return true;
}

static const char *each(const char *(*run)(uint32_t intid))
{
    return each_that(any, run);
}

static const char *each_switchable(const char *(*run)(uint32_t intid))
{
    return each_that(interrupt_is_switchable, run);
}

static const char *read_back_one(uint32_t intid)
{
    REQUIRE(!interrupt_is_enabled(intid), "enabled at first");
    interrupt_enable(intid, 0x58);
    REQUIRE(interrupt_is_enabled(intid), "not seen as enabled");
    REQUIRE(interrupt_priority(intid) == 0x58, "not the priority that was written");
    interrupt_disable(intid);
    REQUIRE(!interrupt_is_enabled(intid), "not seen as disabled");
    REQUIRE(!interrupt_is_pending(intid), "pending at first");
    REQUIRE(!interrupt_is_active(intid), "active at first");
    interrupt_pend(intid);
    interrupt_settle();
    REQUIRE(interrupt_is_pending(intid), "not seen as pending while disabled");
    interrupt_unpend(intid);
    interrupt_settle();
    REQUIRE(!interrupt_is_pending(intid), "not seen as cleared");
    interface_mask(0);
    interrupt_enable(intid, PRIORITY_MIDDLE);
    interrupt_pend(intid);
    interrupt_settle();
    REQUIRE(interrupt_is_pending(intid), "not seen as pending while enabled");
    REQUIRE(!interrupt_is_active(intid), "seen as active before it was taken");
    interface_mask(PRIORITY_MASK_OPEN);
    REQUIRE(interface_next() == intid, "not seen as the next one");
    REQUIRE(interface_take() == intid, "did not come");
    REQUIRE(!interrupt_is_pending(intid), "seen as pending after it was taken");
    REQUIRE(interrupt_is_active(intid), "not seen as active");
    interface_end(intid);
    interrupt_settle();
    REQUIRE(!interrupt_is_active(intid), "seen as active after its end");
    return NULL;
}

static const char *read_back(void)
{
    return each_switchable(read_back_one);
}

static const char *disabled_then_enabled_one(uint32_t intid)
{
    interrupt_enable(intid, PRIORITY_MIDDLE);
    interrupt_disable(intid);
    interrupt_pend(intid);
    REQUIRE(interface_quiet(), "came although it is disabled");
    interrupt_allow(intid);
    REQUIRE(interface_take() == intid, "was lost while disabled");
    interface_end(intid);
    REQUIRE(interface_quiet(), "came twice");
    return NULL;
}

static const char *disabled_then_enabled(void)
{
    return each_switchable(disabled_then_enabled_one);
}

static const char *disabled_while_pending_one(uint32_t intid)
{
    interface_mask(0);
    interrupt_enable(intid, PRIORITY_MIDDLE);
    interrupt_pend(intid);
    interrupt_settle();
    interrupt_disable(intid);
    interface_mask(PRIORITY_MASK_OPEN);
    REQUIRE(interface_quiet(), "came although it is disabled");
    REQUIRE(interrupt_is_pending(intid), "no longer pending");
    interrupt_allow(intid);
    REQUIRE(interface_take() == intid, "was lost by disabling");
    interface_end(intid);
    REQUIRE(interface_quiet(), "came twice");
    return NULL;
}

static const char *disabled_while_pending(void)
{
    return each_switchable(disabled_while_pending_one);
}

static const char *disabled_while_active_one(uint32_t intid)
{
    interrupt_enable(intid, PRIORITY_MIDDLE);
    for (unsigned i = 0; i < 10; i++) {
        interrupt_pend(intid);
        REQUIRE(interface_take() == intid, "did not come");
        interrupt_disable(intid);
        REQUIRE(interrupt_is_active(intid), "no longer active");
        interface_end(intid);
        interrupt_allow(intid);
        REQUIRE(interface_quiet(), "came again by itself");
    }
    return NULL;
}

static const char *disabled_while_active(void)
{
    return each_switchable(disabled_while_active_one);
}

static const char *cleared_while_pending_one(uint32_t intid)
{
    interface_mask(0);
    interrupt_enable(intid, PRIORITY_MIDDLE);
    for (unsigned i = 0; i < 10; i++) {
        interrupt_pend(intid);
        interrupt_settle();
        interrupt_unpend(intid);
        interface_mask(PRIORITY_MASK_OPEN);
        REQUIRE(interface_quiet(), "came although it was cleared");
        interface_mask(0);
    }
    interrupt_pend(intid);
    interface_mask(PRIORITY_MASK_OPEN);
    REQUIRE(interface_take() == intid, "does not come any more");
    interface_end(intid);
    return NULL;
}

static const char *cleared_while_pending(void)
{
    return each(cleared_while_pending_one);
}

static const char *set_while_active_then_cleared_one(uint32_t intid)
{
    interrupt_enable(intid, PRIORITY_MIDDLE);
    interrupt_pend(intid);
    REQUIRE(interface_take() == intid, "did not come");
    interrupt_pend(intid);
    interrupt_settle();
    interrupt_unpend(intid);
    interface_end(intid);
    REQUIRE(interface_quiet(), "came although it was cleared");
    return NULL;
}

static const char *set_while_active_then_cleared(void)
{
    return each(set_while_active_then_cleared_one);
}

static const char *active_by_register_one(uint32_t intid)
{
    interrupt_enable(intid, PRIORITY_MIDDLE);
    interrupt_activate(intid);
    REQUIRE(interrupt_is_active(intid), "not seen as active");
    interrupt_pend(intid);
    REQUIRE(interface_quiet(), "came although it is active");
    interrupt_inactivate(intid);
    REQUIRE(interface_take() == intid, "did not come when it was no longer active");
    interface_end(intid);
    REQUIRE(interface_quiet(), "came twice");
    return NULL;
}

static const char *active_by_register(void)
{
    return each(active_by_register_one);
}

static const char *many_disabled_while_pending(void)
{
    if (!interrupt_is_switchable(0)) {
        return not_here;
    }
    interface_mask(0);
    for (uint32_t sgi = 0; sgi < INTERRUPT_SGIS; sgi++) {
        interrupt_enable(sgi, (uint8_t)(8 * sgi));
        interface_send_here(sgi);
    }
    for (uint32_t sgi = 0; sgi < INTERRUPT_SGIS; sgi += 2) {
        interrupt_disable(sgi);
    }
    interface_mask(PRIORITY_MASK_OPEN);
    for (uint32_t sgi = 1; sgi < INTERRUPT_SGIS; sgi += 2) {
        REQUIRE(interface_take() == sgi, "an enabled one was lost");
        interface_end(sgi);
    }
    REQUIRE(interface_quiet(), "a disabled one came");
    interface_mask(0);
    for (uint32_t sgi = 0; sgi < INTERRUPT_SGIS; sgi += 2) {
        interrupt_allow(sgi);
    }
    interface_mask(PRIORITY_MASK_OPEN);
    for (uint32_t sgi = 0; sgi < INTERRUPT_SGIS; sgi += 2) {
        REQUIRE(interface_take() == sgi, "was lost by disabling");
        interface_end(sgi);
    }
    REQUIRE(interface_quiet(), "something came twice");
    return NULL;
}

static const char *level_that_falls(void)
{
    uint32_t intid;

    REQUIRE(devices_can_raise(), "no device with a level");
    intid = devices_level(0);
    interrupt_enable(intid, PRIORITY_MIDDLE);
    interrupt_disable(intid);
    devices_raise();
    REQUIRE(interrupt_is_pending(intid), "not seen as pending");
    devices_lower();
    REQUIRE(!interrupt_is_pending(intid), "seen as pending although its level is low");
    interrupt_allow(intid);
    REQUIRE(interface_quiet(), "came although its level is low");
    return NULL;
}

/** A level that is disabled while pending, falls, and is enabled again. */
static const char *level_that_falls_while_disabled(void)
{
    uint32_t intid;

    REQUIRE(devices_can_raise(), "no device with a level");
    intid = devices_level(0);
    interface_mask(0);
    interrupt_enable(intid, PRIORITY_MIDDLE);
    devices_raise();
    interrupt_settle();
    interrupt_disable(intid);
    devices_lower();
    interrupt_allow(intid);
    interface_mask(PRIORITY_MASK_OPEN);
    REQUIRE(interface_quiet(), "came although its level is low");
    return NULL;
}

const struct check checks_state[] = {
    {"read-back", read_back},
    {"disabled-then-enabled", disabled_then_enabled},
    {"disabled-while-pending", disabled_while_pending},
    {"disabled-while-active", disabled_while_active},
    {"cleared-while-pending", cleared_while_pending},
    {"set-while-active-then-cleared", set_while_active_then_cleared},
    {"active-by-register", active_by_register},
    {"many-disabled-while-pending", many_disabled_while_pending},
    {"level-that-falls", level_that_falls},
    {"level-that-falls-while-disabled", level_that_falls_while_disabled},
    {NULL, NULL},
};
