/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files of show_json*.c: the parts of the object that they write. */
#ifndef COMPOSER_SHOW_JSON_H
#define COMPOSER_SHOW_JSON_H

#include "json.h"
#include "show_parts.h"

/** The member "channels". */
void show_json_channels(struct json *json, const struct image_view *view);

/** Of a VM: the members "manager", "watchdog" and "restart_limit". */
void show_json_life(struct json *json, const struct image_view *view, uint32_t vm);

/** The member "cpus". */
void show_json_cpus(struct json *json, const struct image_view *view);

#endif
