/* SPDX-License-Identifier: Apache-2.0 */
/* The VMs' info pages (abi/guest.h). */
#ifndef COMPOSER_IMAGE_WRITE_INFO_H
#define COMPOSER_IMAGE_WRITE_INFO_H

#include "image_write_elf.h"
#include "plan_build.h"

/** Adds the info page of VM @vm to the image. */
void info_add(const struct plan_input *input, size_t vm, struct pieces *pieces);

#endif
