/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads a flattened device tree (Devicetree Specification 0.4, chapter 5) in place. Every access is
 * checked against the tree's own size, so a damaged one gives "not found", never a wild read.
 *
 * A node is the offset of its first token in the structure block; FDT_NONE stands for no node. The
 * functions copy nothing, keep nothing and work with the MMU off.
 */
#ifndef KIT_FDT_H
#define KIT_FDT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FDT_MAGIC 0xd00dfeedU
#define FDT_NONE  (-1)

/** A device tree that has been opened. */
struct fdt {
    const uint8_t *bytes;
    uint32_t size;
    uint32_t structure; /* offset and size of the two blocks */
    uint32_t structure_size;
    uint32_t strings;
    uint32_t strings_size;
};

/** The value of a property: bytes NULL means there is none. */
struct fdt_value {
    const uint8_t *bytes;
    uint32_t size;
};

/** A range of the CPU's address space. */
struct fdt_range {
    uint64_t start;
    uint64_t size;
};

/** An interrupt as the GIC numbers it. */
struct fdt_interrupt {
    uint32_t intid;
    bool edge;
};

/** True if a device tree starts at @blob; @fdt can be used then. */
bool fdt_open(struct fdt *fdt, const void *blob);

/** Bytes that the device tree takes. */
uint32_t fdt_size(const struct fdt *fdt);

/** The root node. */
int fdt_root(const struct fdt *fdt);

/** The node after @node in document order, whatever its depth; FDT_NONE at the end. */
int fdt_next(const struct fdt *fdt, int node);

/** The node that @node lies in; FDT_NONE for the root. */
int fdt_parent(const struct fdt *fdt, int node);

/** The node's name with its unit address, ended by 0. */
const char *fdt_name(const struct fdt *fdt, int node);

/** The property @name of @node. */
struct fdt_value fdt_property(const struct fdt *fdt, int node, const char *name);

/** The 32-bit cell @index of @value, 0 if it has no such cell. */
uint32_t fdt_cell(struct fdt_value value, uint32_t index);

/** The property @name as a string; NULL if absent or not ended by 0. */
const char *fdt_string(const struct fdt *fdt, int node, const char *name);

/** True if the list of strings in property @name has @text. */
bool fdt_has_string(const struct fdt *fdt, int node, const char *name, const char *text);

/** The first enabled node after @after (FDT_NONE: from the start) that is compatible with @text. */
int fdt_compatible(const struct fdt *fdt, int after, const char *text);

/** The node with this path ("/a/b", unit addresses may be left out) or alias; options after ':'
 * are ignored. */
int fdt_path(const struct fdt *fdt, const char *path);

/** The node with this phandle. */
int fdt_phandle(const struct fdt *fdt, uint32_t phandle);

/** Entry @index of the node's reg, translated through all ranges to a CPU address. */
bool fdt_reg(const struct fdt *fdt, int node, uint32_t index, struct fdt_range *range);

/** Entry @index of the node's interrupts, which must be the GIC's (three cells or more). */
bool fdt_interrupt(const struct fdt *fdt, int node, uint32_t index,
                   struct fdt_interrupt *interrupt);

#endif
