/* SPDX-License-Identifier: Apache-2.0 */
/* The info page of a VM as the plan lets one expect it. */
#ifndef COMPOSER_CHECK_INFO_H
#define COMPOSER_CHECK_INFO_H

#include "check_context.h"
#include "info.h"

/** What the VM's info page must say by the plan. */
void check_info_expected(const struct check *check, uint32_t vm, struct info_page *expected);

#endif
