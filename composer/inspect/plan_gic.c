/* SPDX-License-Identifier: Apache-2.0 */
/* Where a VM's interrupt controller is (plan_gic.h). */
#include "plan_gic.h"

#include "spans.h"

uint64_t plan_gic_interface(const struct plan_view *view, uint32_t vm)
{
    const struct plan_gic *gic = &view->plan->gic;
    return view->vms[vm].delivery == PLAN_DELIVERY_VIRTUAL ? gic->gicv_pa : gic->gicc_pa;
}

uint64_t plan_gic_rest(const struct plan_view *view, uint32_t vm, uint64_t *size)
{
    const struct plan_vm *plan_vm = &view->vms[vm];
    bool old = plan_has_gicv2(view->plan);
    *size = old ? GICC_SIZE : (uint64_t)plan_vm->vcpu_count * GICR_SIZE;
    return old ? plan_vm->gicc_ipa : plan_vm->gicr_ipa;
}

bool plan_gic_is_emulated(const struct plan_view *view, uint32_t vm, uint64_t ipa, uint64_t size)
{
    uint64_t rest_size;
    uint64_t rest = plan_gic_rest(view, vm, &rest_size);
    /* of the rest, from its start on */
    uint64_t mapped = plan_has_gicv2(view->plan) ? PLAN_PAGE_SIZE : 0;
    return ranges_overlap(ipa, size, view->vms[vm].gicd_ipa, plan_gicd_size(view->plan)) ||
           ranges_overlap(ipa, size, rest + mapped, rest_size - mapped);
}
