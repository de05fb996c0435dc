/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The device tree's structure: header, tokens, nodes, properties. Runs before the MMU is on, so it
 * reads byte by byte and calls nothing of the C library.
 */
#include "kit/fdt.h"

/* Header fields (specification 5.2) and tokens (5.4.1). */
#define HEADER_SIZE           40U
#define HEADER_TOTAL_SIZE     4U
#define HEADER_STRUCTURE      8U
#define HEADER_STRINGS        12U
#define HEADER_STRINGS_SIZE   32U
#define HEADER_STRUCTURE_SIZE 36U
#define SIZE_LIMIT            0x1000000U

#define TOKEN_BEGIN_NODE 1U
#define TOKEN_END_NODE   2U
#define TOKEN_PROPERTY   3U
#define TOKEN_NOP        4U
#define TOKEN_NONE       0U /* past the end, or damaged */
#define TOKEN_SIZE       4U
#define PROPERTY_HEADER  12U

static uint32_t read_cell(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static bool text_equal(const char *a, const char *b)
{
    while (*a != 0 && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

static bool block_fits(uint32_t start, uint32_t size, uint32_t total)
{
    return start <= total && size <= total - start;
}

bool fdt_open(struct fdt *fdt, const void *blob)
{
    const uint8_t *bytes = blob;

    if (read_cell(bytes) != FDT_MAGIC) {
        return false;
    }
    fdt->bytes = bytes;
    fdt->size = read_cell(bytes + HEADER_TOTAL_SIZE);
    fdt->structure = read_cell(bytes + HEADER_STRUCTURE);
    fdt->structure_size = read_cell(bytes + HEADER_STRUCTURE_SIZE);
    fdt->strings = read_cell(bytes + HEADER_STRINGS);
    fdt->strings_size = read_cell(bytes + HEADER_STRINGS_SIZE);
    return fdt->size >= HEADER_SIZE && fdt->size <= SIZE_LIMIT &&
           block_fits(fdt->structure, fdt->structure_size, fdt->size) &&
           block_fits(fdt->strings, fdt->strings_size, fdt->size);
}

uint32_t fdt_size(const struct fdt *fdt)
{
    return fdt->size;
}

static uint32_t align_cell(uint32_t value)
{
    return (value + 3U) & ~3U;
}

static uint32_t structure_cell(const struct fdt *fdt, uint32_t offset)
{
    if (!block_fits(offset, TOKEN_SIZE, fdt->structure_size)) {
        return TOKEN_NONE;
    }
    return read_cell(fdt->bytes + fdt->structure + offset);
}

/** Length with its final 0 of the string at @offset of a block, 0 if it does not end there. */
static uint32_t string_length(const uint8_t *block, uint32_t offset, uint32_t size)
{
    for (uint32_t i = offset; i < size; i++) {
        if (block[i] == 0) {
            return i - offset + 1;
        }
    }
    return 0;
}

/** Offset of the token after the one at @offset; the structure's size if that one is damaged. */
static uint32_t token_after(const struct fdt *fdt, uint32_t offset)
{
    uint32_t length;
    uint32_t room;

    switch (structure_cell(fdt, offset)) {
    case TOKEN_BEGIN_NODE:
        length =
            string_length(fdt->bytes + fdt->structure, offset + TOKEN_SIZE, fdt->structure_size);
        return length == 0 ? fdt->structure_size : align_cell(offset + TOKEN_SIZE + length);
    case TOKEN_PROPERTY:
        if (!block_fits(offset, PROPERTY_HEADER, fdt->structure_size)) {
            return fdt->structure_size;
        }
        length = structure_cell(fdt, offset + TOKEN_SIZE);
        room = fdt->structure_size - offset - PROPERTY_HEADER;
        return length > room ? fdt->structure_size : align_cell(offset + PROPERTY_HEADER + length);
    case TOKEN_END_NODE:
    case TOKEN_NOP:
        return offset + TOKEN_SIZE;
    default:
        return fdt->structure_size;
    }
}

/** The first node at or after @offset. */
static int node_from(const struct fdt *fdt, uint32_t offset)
{
    while (offset < fdt->structure_size) {
        if (structure_cell(fdt, offset) == TOKEN_BEGIN_NODE) {
            return token_after(fdt, offset) < fdt->structure_size ? (int)offset : FDT_NONE;
        }
        offset = token_after(fdt, offset);
    }
    return FDT_NONE;
}

int fdt_root(const struct fdt *fdt)
{
    return node_from(fdt, 0);
}

int fdt_next(const struct fdt *fdt, int node)
{
    return node_from(fdt, token_after(fdt, (uint32_t)node));
}

/** Offset just behind the END_NODE of @node. */
static uint32_t node_end(const struct fdt *fdt, int node)
{
    uint32_t offset = (uint32_t)node;
    uint32_t depth = 0;

    while (offset < fdt->structure_size) {
        uint32_t token = structure_cell(fdt, offset);

        offset = token_after(fdt, offset);
        if (token == TOKEN_BEGIN_NODE) {
            depth++;
        }
        if (token == TOKEN_END_NODE && --depth == 0) {
            break;
        }
    }
    return offset;
}

int fdt_parent(const struct fdt *fdt, int node)
{
    int parent = FDT_NONE;

    for (int other = fdt_root(fdt); other != FDT_NONE && other < node;
         other = fdt_next(fdt, other)) {
        if (node_end(fdt, other) > (uint32_t)node) {
            parent = other; /* the last one that still holds it is the innermost */
        }
    }
    return parent;
}

const char *fdt_name(const struct fdt *fdt, int node)
{
    return (const char *)fdt->bytes + fdt->structure + (uint32_t)node + TOKEN_SIZE;
}

struct fdt_value fdt_property(const struct fdt *fdt, int node, const char *name)
{
    struct fdt_value value = {.bytes = NULL, .size = 0};
    uint32_t offset = token_after(fdt, (uint32_t)node);

    for (; offset < fdt->structure_size; offset = token_after(fdt, offset)) {
        uint32_t token = structure_cell(fdt, offset);
        uint32_t string;

        if (token == TOKEN_NOP) {
            continue;
        }
        if (token != TOKEN_PROPERTY || token_after(fdt, offset) >= fdt->structure_size) {
            break; /* properties come before the child nodes */
        }
        string = structure_cell(fdt, offset + 2 * TOKEN_SIZE);
        if (string_length(fdt->bytes + fdt->strings, string, fdt->strings_size) == 0) {
            continue;
        }
        if (text_equal((const char *)fdt->bytes + fdt->strings + string, name)) {
            value.bytes = fdt->bytes + fdt->structure + offset + PROPERTY_HEADER;
            value.size = structure_cell(fdt, offset + TOKEN_SIZE);
            break;
        }
    }
    return value;
}

uint32_t fdt_cell(struct fdt_value value, uint32_t index)
{
    if (value.bytes == NULL || index >= value.size / TOKEN_SIZE) {
        return 0;
    }
    return read_cell(value.bytes + index * TOKEN_SIZE);
}

const char *fdt_string(const struct fdt *fdt, int node, const char *name)
{
    struct fdt_value value = fdt_property(fdt, node, name);

    if (value.bytes == NULL || string_length(value.bytes, 0, value.size) == 0) {
        return NULL;
    }
    return (const char *)value.bytes;
}

bool fdt_has_string(const struct fdt *fdt, int node, const char *name, const char *text)
{
    struct fdt_value value = fdt_property(fdt, node, name);
    uint32_t offset = 0;

    while (offset < value.size) {
        uint32_t length = string_length(value.bytes, offset, value.size);

        if (length == 0) {
            return false;
        }
        if (text_equal((const char *)value.bytes + offset, text)) {
            return true;
        }
        offset += length;
    }
    return false;
}
