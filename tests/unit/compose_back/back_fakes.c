/* SPDX-License-Identifier: Apache-2.0 */
/* Records mistakes, and stands for the front end's device trees (back.h). */
#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "back.h"
#include "diagnostics.h"
#include "guest_dt.h"
#include "memory.h"

static char *recorded;
static unsigned recorded_count;

void error(struct source_location location, const char *format, ...)
{
    va_list arguments;
    char *text;

    assert_non_null(location.file);
    va_start(arguments, format);
    assert_true(vasprintf(&text, format, arguments) >= 0);
    va_end(arguments);
    recorded = text_join(recorded != NULL ? recorded : "", "\n",
                         text_format("%s:%d: %s", location.file, location.line, text));
    recorded_count++;
    free(text);
}

unsigned error_count(void)
{
    return recorded_count;
}

void errors_print(void)
{
}

void fatal(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    abort();
}

const char *mistakes_take(void)
{
    const char *all = recorded != NULL ? recorded : "";

    recorded = NULL;
    recorded_count = 0;
    return all;
}

void assert_mistake(const char *part)
{
    const char *all = mistakes_take();

    if (strstr(all, part) == NULL) {
        fail_msg("\"%s\" was not reported, but \"%s\"", part, all);
    }
}

void assert_no_mistake(void)
{
    assert_string_equal(mistakes_take(), "");
}

bool guest_dt_make(const struct system *system, const struct layout *layout, size_t vm,
                   const void **dtb, size_t *size)
{
    char *tree = memory_new(1, 512);

    assert_int_equal(fdt_create_empty_tree(tree, 512), 0);
    const char *name = system->vms[vm].name;
    assert_int_equal(fdt_setprop(tree, 0, "model", name, (int)strlen(name) + 1), 0);
    assert_int_equal(fdt_setprop_u64(tree, 0, "info", layout->vms[vm].info_ipa), 0);
    assert_int_equal(fdt_pack(tree), 0);
    *dtb = tree;
    *size = fdt_totalsize(tree);
    return true;
}
