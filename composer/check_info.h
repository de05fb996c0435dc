/* SPDX-License-Identifier: Apache-2.0 */
/* The info page of a VM as the plan lets one expect it. */
#ifndef COMPOSER_CHECK_INFO_H
#define COMPOSER_CHECK_INFO_H

#include "check_context.h"
#include "guest.h"

/** @page: what the VM is told; the numbers of its CPUs are taken from there, since they are the board's. */
void check_info_expected(const struct check *check, uint32_t vm, const struct info_page *page,
                         struct info_page *expected);

#endif
