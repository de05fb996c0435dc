/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where this program lies in memory: the sections as the linker script (kit.ld) bounds them, each
 * page aligned.
 */
#ifndef KIT_IMAGE_H
#define KIT_IMAGE_H

extern char image_start[], text_end[], rodata_end[], image_end[];

#endif
