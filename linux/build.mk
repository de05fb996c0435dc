# SPDX-License-Identifier: Apache-2.0
# Linux guests: Debian's arm64 kernels as they are, the ordinary one and PREEMPT_RT, and a small initramfs for each.

LINUX_FILES := $(addprefix $(BUILD)/linux/,Image Image-rt initrd.cpio.gz initrd-rt.cpio.gz)
ALL += $(LINUX_FILES)
LINT_SHELL += linux/fetch-packages linux/extract-kernel linux/init linux/load

$(BUILD)/linux/packages: linux/fetch-packages scripts/apt-sources
	@mkdir -p $(@D)
	@linux/fetch-packages $@

$(BUILD)/linux/Image: $(BUILD)/linux/packages linux/extract-kernel
	@linux/extract-kernel $< arm64 $@

$(BUILD)/linux/Image-rt: $(BUILD)/linux/packages linux/extract-kernel
	@linux/extract-kernel $< rt-arm64 $@

$(BUILD)/linux/initrd.cpio.gz: LINUX_PROGRAMS := usr/bin/hackbench
$(BUILD)/linux/initrd-rt.cpio.gz: LINUX_PROGRAMS := usr/bin/hackbench usr/bin/cyclictest
$(BUILD)/linux/initrd.cpio.gz $(BUILD)/linux/initrd-rt.cpio.gz: $(BUILD)/linux/packages linux/make-initramfs linux/init linux/load
	@echo "linux: packing $(@F)"
	@linux/make-initramfs $< $@ linux/init linux/load $(LINUX_PROGRAMS)
