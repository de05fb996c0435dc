// SPDX-License-Identifier: GPL-2.0-only
/*
 * Nagaya's channels, manager and watchdog as UIO devices: each node of the device tree is
 * /dev/uioN, its name is nagaya-channel-LABEL, nagaya-manager or nagaya-watchdog, its maps are the
 * node's reg ranges in their order, its interrupt the channel's doorbell.
 *
 * What sets it apart from uio_pdrv_genirq is mmap. UIO maps physical ranges uncached; the other VMs
 * and the hypervisor have the same memory cached, and two sides that disagree about that do not see
 * each other's stores (Arm DDI 0487, B2.16 "Mismatched memory attributes"). And a range that is
 * read-only by the hypervisor's tables can't be mapped for writing here: a store to it would be
 * taken for a fault of this VM's.
 */
#include <linux/interrupt.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/of.h>
#include <linux/platform_device.h>
#include <linux/property.h>
#include <linux/uio_driver.h>
#include <linux/version.h>

#define RANGE_MEMORY 0u /* Normal, write-back */
#define RANGE_DEVICE 1u /* without memory: a store to it does something */
#define RANGE_WRITE  2u

#define MAX_RANGES 4

/** What a node of one kind has in its reg. */
struct node_kind {
    const char *name;
    struct {
        const char *name;
        unsigned int flags;
    } ranges[MAX_RANGES];
};

static const struct node_kind channel_kind = {
    .name = "nagaya-channel",
    .ranges = {{"memory", RANGE_MEMORY | RANGE_WRITE},
               {"doorbells", RANGE_DEVICE | RANGE_WRITE},
               {"status", RANGE_MEMORY}},
};

/* The command page's stores are caught by the hypervisor, its reads are not. */
static const struct node_kind manager_kind = {
    .name = "nagaya-manager",
    .ranges = {{"commands", RANGE_MEMORY | RANGE_WRITE},
               {"observe", RANGE_MEMORY},
               {"plan", RANGE_MEMORY},
               {"stores", RANGE_MEMORY | RANGE_WRITE}},
};

static const struct node_kind watchdog_kind = {
    .name = "nagaya-watchdog",
    .ranges = {{"watchdog", RANGE_MEMORY | RANGE_WRITE}},
};

struct nagaya_device {
    struct uio_info info;
    unsigned int flags[MAX_RANGES];
};

static void forbid_writing(struct vm_area_struct *vma)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
    vm_flags_clear(vma, VM_MAYWRITE);
#else
    vma->vm_flags &= ~VM_MAYWRITE;
#endif
}

/* UIO has checked that vm_pgoff is the number of one of our ranges and that the mapping is not
 * longer than it. */
static int nagaya_mmap(struct uio_info *info, struct vm_area_struct *vma)
{
    const struct nagaya_device *device = container_of(info, struct nagaya_device, info);
    unsigned long range = vma->vm_pgoff;
    unsigned int flags;

    if (range >= MAX_RANGES || !(vma->vm_flags & VM_SHARED)) {
        return -EINVAL;
    }
    flags = device->flags[range];
    if (!(flags & RANGE_WRITE)) {
        if (vma->vm_flags & VM_WRITE) {
            return -EACCES;
        }
        forbid_writing(vma);
    }
    if (flags & RANGE_DEVICE) {
        vma->vm_page_prot = pgprot_device(vma->vm_page_prot);
    }
    return remap_pfn_range(vma, vma->vm_start, PHYS_PFN(info->mem[range].addr),
                           vma->vm_end - vma->vm_start, vma->vm_page_prot);
}

/* The doorbell is edge-triggered: there is nothing to silence. UIO counts it and wakes the
 * readers. */
static irqreturn_t nagaya_doorbell(int irq, struct uio_info *info)
{
    return IRQ_HANDLED;
}

static int nagaya_find_ranges(struct platform_device *pdev, const struct node_kind *kind,
                              struct nagaya_device *device)
{
    bool read_only = of_property_read_bool(pdev->dev.of_node, "nagaya,read-only");
    unsigned int i;

    for (i = 0; i < MAX_RANGES && kind->ranges[i].name; i++) {
        const struct resource *range = platform_get_resource(pdev, IORESOURCE_MEM, i);

        if (!range) {
            break;
        }
        if (!PAGE_ALIGNED(range->start) || !PAGE_ALIGNED(resource_size(range))) {
            dev_err(&pdev->dev, "%s %pR is not of whole pages\n", kind->ranges[i].name, range);
            return -EINVAL;
        }
        device->flags[i] = kind->ranges[i].flags;
        if (read_only && i == 0) {
            device->flags[i] &= ~RANGE_WRITE;
        }
        device->info.mem[i].name = kind->ranges[i].name;
        device->info.mem[i].addr = range->start;
        device->info.mem[i].size = resource_size(range);
        device->info.mem[i].memtype = UIO_MEM_PHYS;
    }
    return i > 0 ? 0 : -ENODEV;
}

static int nagaya_probe(struct platform_device *pdev)
{
    const struct node_kind *kind = device_get_match_data(&pdev->dev);
    struct nagaya_device *device;
    const char *label;
    int status;

    device = devm_kzalloc(&pdev->dev, sizeof(*device), GFP_KERNEL);
    if (!device) {
        return -ENOMEM;
    }
    status = nagaya_find_ranges(pdev, kind, device);
    if (status) {
        return status;
    }

    device->info.name = kind->name;
    if (of_property_read_string(pdev->dev.of_node, "label", &label) == 0) {
        device->info.name = devm_kasprintf(&pdev->dev, GFP_KERNEL, "%s-%s", kind->name, label);
    }
    if (!device->info.name) {
        return -ENOMEM;
    }
    device->info.version = "1";
    device->info.mmap = nagaya_mmap;

    status = platform_get_irq_optional(pdev, 0);
    if (status > 0) {
        device->info.irq = status;
        device->info.handler = nagaya_doorbell;
    } else if (status == -ENXIO) {
        device->info.irq = UIO_IRQ_NONE;
    } else {
        return status;
    }
    return devm_uio_register_device(&pdev->dev, &device->info);
}

static const struct of_device_id nagaya_nodes[] = {
    {.compatible = "nagaya,channel", .data = &channel_kind},
    {.compatible = "nagaya,manager", .data = &manager_kind},
    {.compatible = "nagaya,watchdog", .data = &watchdog_kind},
    {}};
MODULE_DEVICE_TABLE(of, nagaya_nodes);

static struct platform_driver nagaya_driver = {
    .probe = nagaya_probe,
    .driver = {.name = "nagaya_uio", .of_match_table = nagaya_nodes},
};
module_platform_driver(nagaya_driver);

MODULE_DESCRIPTION("Nagaya's channels, manager and watchdog as UIO devices");
MODULE_LICENSE("GPL");
