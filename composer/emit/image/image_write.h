/* SPDX-License-Identifier: Apache-2.0 */
/* From a system and its layout to the image (docs/decisions/0009). */
#ifndef COMPOSER_IMAGE_WRITE_H
#define COMPOSER_IMAGE_WRITE_H

#include "layout.h"
#include "system.h"

/** Makes tables and plan and writes the image to @output, by way of a temporary file beside it. */
bool image_write(const struct system *system, struct layout *layout, const char *hypervisor_elf,
                 const char *output);

#endif
