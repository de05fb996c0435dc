# SPDX-License-Identifier: Apache-2.0
# Linux guests: Debian's arm64 kernels as they are, the ordinary one and PREEMPT_RT, with a kernel module of ours for each, and
# a small initramfs for each. The library and the tool for Linux's user space.

LINUX := $(BUILD)/linux
LINUX_FILES := $(addprefix $(LINUX)/,Image Image-rt initrd.cpio.gz initrd-rt.cpio.gz)
LINUX_TOOLS := $(addprefix $(LINUX)/,nagayactl libnagaya.a)
ALL += $(LINUX_FILES) $(LINUX_TOOLS)
LINT_SHELL += linux/fetch-packages linux/extract-kernel linux/unpack-headers linux/build-module linux/init linux/load linux/demo \
    linux/resize

$(LINUX)/packages: linux/fetch-packages scripts/apt-sources
	@mkdir -p $(@D)
	@linux/fetch-packages $@

$(LINUX)/Image: $(LINUX)/packages linux/extract-kernel
	@linux/extract-kernel $< arm64 $@

$(LINUX)/Image-rt: $(LINUX)/packages linux/extract-kernel
	@linux/extract-kernel $< rt-arm64 $@

# The module, for each kernel.
LINUX_MODULE := $(wildcard linux/nagaya_uio/*)

$(LINUX)/headers/unpacked: $(LINUX)/packages linux/unpack-headers
	@echo "linux: unpacking the kernels' headers"
	@linux/unpack-headers $< $(@D)
	@touch $@

$(LINUX)/module-%/nagaya_uio.ko: $(LINUX)/headers/unpacked $(LINUX_MODULE) linux/build-module
	@echo "linux: building nagaya_uio.ko for $*"
	@mkdir -p $(@D)
	@CROSS=$(CROSS) linux/build-module $(<D)/$* linux/nagaya_uio $@

# The library and the tool: for glibc, static, so that they run on any Linux.
NAGAYACTL_CFLAGS := -std=c17 -O2 -g -D_GNU_SOURCE -Iabi -Ihypervisor -Ilib -Ilinux/libnagaya \
                    -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
                    -Wno-missing-field-initializers -Werror $(NO_PATHS)
LIBNAGAYA_SOURCES := $(sort $(wildcard linux/libnagaya/*.c)) lib/ring.c lib/log_read.c
LIBNAGAYA_OBJECTS := $(LIBNAGAYA_SOURCES:%.c=$(LINUX)/objects/%.o)
# What it shares with the composer and the hypervisor: reading ELF files, writing JSON, and the wording of log lines.
NAGAYACTL_SOURCES := $(sort $(wildcard linux/nagayactl/*.c)) $(addprefix lib/,elf_view.c fault_text.c json.c log_format.c log_line.c)
NAGAYACTL_OBJECTS := $(NAGAYACTL_SOURCES:%.c=$(LINUX)/objects/%.o)

# What a program on the library includes.
LIBNAGAYA_HEADERS := linux/libnagaya/nagaya.h linux/libnagaya/uio.h lib/ring.h \
                     $(patsubst %,abi/%.h,guest info manager observe plan plan_map)

LINT_SOURCES += $(LIBNAGAYA_SOURCES) $(NAGAYACTL_SOURCES) $(wildcard linux/*/*.h)

$(LINUX)/objects/%.o: %.c
	@mkdir -p $(@D)
	$(say)
	$(CROSS)gcc $(NAGAYACTL_CFLAGS) -MMD -MP -c -o $@ $<

$(LINUX)/libnagaya.a: $(LIBNAGAYA_OBJECTS)
	$(say)
	rm -f $@
	$(CROSS)ar rcsD $@ $^

$(LINUX)/nagayactl: $(NAGAYACTL_OBJECTS) $(LINUX)/libnagaya.a
	$(say)
	$(CROSS)gcc $(NAGAYACTL_CFLAGS) -static -s -Wl,--build-id=none -o $@ $^

-include $(LIBNAGAYA_OBJECTS:.o=.d) $(NAGAYACTL_OBJECTS:.o=.d)

LINUX_INITRD_PARTS := linux/make-initramfs linux/init linux/load linux/demo linux/resize $(LINUX)/nagayactl

# $(call linux_initrd,FLAVOUR,MORE): packs $@; the first prerequisite is the list of packages.
define linux_initrd
@echo "linux: packing $(@F)"
@linux/make-initramfs $< $@ $(1) init=linux/init bin/load=linux/load bin/demo=linux/demo bin/resize=linux/resize \
    bin/nagayactl=$(LINUX)/nagayactl lib/modules/nagaya_uio.ko=$(LINUX)/module-$(1)/nagaya_uio.ko $(2)
endef

$(LINUX)/initrd.cpio.gz: $(LINUX)/packages $(LINUX)/module-arm64/nagaya_uio.ko $(LINUX_INITRD_PARTS)
	$(call linux_initrd,arm64,usr/bin/hackbench)

$(LINUX)/initrd-rt.cpio.gz: $(LINUX)/packages $(LINUX)/module-rt-arm64/nagaya_uio.ko $(LINUX_INITRD_PARTS)
	$(call linux_initrd,rt-arm64,usr/bin/hackbench usr/bin/cyclictest)

# Without a kernel and without a hypervisor: tests/unit/linux/ (its rule is in tests/build.mk).
LINUX_TEST_SOURCES := $(filter-out linux/libnagaya/platform.c linux/nagayactl/main.c,$(LIBNAGAYA_SOURCES) \
                        $(wildcard linux/nagayactl/*.c))
LINUX_TEST_OBJECTS := $(LINUX_TEST_SOURCES:%.c=$(BUILD)/tests/unit/objects/tests/unit/linux/%.o)
$(BUILD)/tests/unit/objects/tests/unit/linux/%.o: UNIT_CFLAGS += -Ihypervisor -Ilib \
                                                                 -Ilinux/libnagaya -Ilinux/nagayactl
$(LINUX_TEST_OBJECTS): $(BUILD)/tests/unit/objects/tests/unit/linux/%.o: %.c
	@mkdir -p $(@D)
	$(say)
	$(HOST_CC) $(UNIT_CFLAGS) -MMD -MP -c -o $@ $<
$(BUILD)/tests/unit/linux: $(LINUX_TEST_OBJECTS)
-include $(LINUX_TEST_OBJECTS:.o=.d)
