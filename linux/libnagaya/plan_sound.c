/* SPDX-License-Identifier: Apache-2.0 */
#include "plan_sound.h"

#include <stdbool.h>
#include <string.h>

static uint64_t checksum(const uint8_t *bytes, uint64_t count)
{
    uint64_t sum = PLAN_CHECKSUM_SEED;

    for (uint64_t i = 0; i < count; i++) {
        uint64_t word;

        memcpy(&word, bytes + 8 * i, sizeof(word));
        sum = (sum ^ word) * PLAN_CHECKSUM_PRIME;
    }
    return sum;
}

static bool array_fits(const struct plan *plan, struct plan_array array, uint32_t most,
                       size_t element)
{
    return array.count <= most &&
           (array.count == 0 || (array.offset % 8 == 0 && array.offset <= plan->total_size &&
                                 array.count * element <= plan->total_size - array.offset));
}

static bool name_fits(const char *name, size_t room)
{
    return memchr(name, 0, room) != NULL;
}

static bool vms_fit(const struct plan *plan)
{
    const struct plan_vm *vms = (const void *)((const uint8_t *)plan + plan->vms.offset);

    for (uint32_t i = 0; i < plan->vms.count; i++) {
        if (!name_fits(vms[i].name, sizeof(vms[i].name)) || vms[i].first_vcpu > plan->vcpus.count ||
            vms[i].vcpu_count > plan->vcpus.count - vms[i].first_vcpu ||
            !array_fits(plan, vms[i].memory, PLAN_MAX_SIZE / sizeof(struct plan_memory),
                        sizeof(struct plan_memory)) ||
            !array_fits(plan, vms[i].restore, PLAN_MAX_SIZE / sizeof(struct plan_restore),
                        sizeof(struct plan_restore))) {
            return false;
        }
    }
    return true;
}

static bool vcpus_fit(const struct plan *plan)
{
    const struct plan_vcpu *vcpus = (const void *)((const uint8_t *)plan + plan->vcpus.offset);
    const struct plan_core *cores = (const void *)((const uint8_t *)plan + plan->cores.offset);

    for (uint32_t i = 0; i < plan->vcpus.count; i++) {
        if (vcpus[i].vm >= plan->vms.count || vcpus[i].cpu >= plan->cores.count) {
            return false;
        }
    }
    for (uint32_t i = 0; i < plan->cores.count; i++) {
        if (!name_fits(cores[i].policy_name, sizeof(cores[i].policy_name))) {
            return false;
        }
    }
    return true;
}

static bool regions_fit(const struct plan *plan)
{
    const struct plan_region *regions =
        (const void *)((const uint8_t *)plan + plan->regions.offset);

    for (uint32_t i = 0; i < plan->regions.count; i++) {
        if (!name_fits(regions[i].name, sizeof(regions[i].name))) {
            return false;
        }
    }
    return true;
}

const char *plan_wrong(const struct plan *plan, size_t size)
{
    const uint8_t *bytes = (const uint8_t *)plan;
    size_t head = offsetof(struct plan, total_size);

    if (size < sizeof(*plan) || plan->magic != PLAN_MAGIC) {
        return "is none";
    }
    if (plan->version != PLAN_VERSION || plan->head_size != PLAN_HEAD_SIZE) {
        return "is of another version than this tool; take the nagayactl of the same release as "
               "the hypervisor";
    }
    if (plan->total_size < sizeof(*plan) || plan->total_size > size || plan->total_size % 8 != 0 ||
        plan->head_checksum != checksum(bytes + head, (PLAN_HEAD_SIZE - head) / 8) ||
        plan->body_checksum !=
            checksum(bytes + PLAN_HEAD_SIZE, (plan->total_size - PLAN_HEAD_SIZE) / 8)) {
        return "is damaged";
    }
    if (plan->cpu_count > PLAN_MAX_CPUS || plan->cores.count < plan->cpu_count ||
        !name_fits(plan->board, sizeof(plan->board)) ||
        !array_fits(plan, plan->vms, PLAN_MAX_VMS, sizeof(struct plan_vm)) ||
        !array_fits(plan, plan->vcpus, PLAN_MAX_VCPUS, sizeof(struct plan_vcpu)) ||
        !array_fits(plan, plan->cores, PLAN_MAX_CPUS, sizeof(struct plan_core)) ||
        !array_fits(plan, plan->regions, PLAN_MAX_SIZE / sizeof(struct plan_region),
                    sizeof(struct plan_region)) ||
        !vms_fit(plan) || !vcpus_fit(plan) || !regions_fit(plan)) {
        return "has an array that does not fit";
    }
    return NULL;
}
