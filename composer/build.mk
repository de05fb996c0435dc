# SPDX-License-Identifier: Apache-2.0
# The host tool: every C file here, and what it shares with the hypervisor: the wording of log lines.

COMPOSER_SOURCES := $(sort $(wildcard composer/*.c)) hypervisor/debug/log_format.c
COMPOSER_OBJECTS := $(COMPOSER_SOURCES:%.c=$(BUILD)/host/%.o)
COMPOSER_LIBS    := -lyaml -lfdt -lelf -lz

ALL += $(BUILD)/nagaya
LINT_SOURCES += $(COMPOSER_SOURCES)

$(BUILD)/host/%.o: %.c
	@mkdir -p $(@D)
	$(say)
	$(HOST_CC) $(HOST_CFLAGS) -Icomposer -MMD -MP -c -o $@ $<

$(BUILD)/nagaya: $(COMPOSER_OBJECTS)
	$(say)
	$(HOST_CC) $(HOST_CFLAGS) -o $@ $^ $(COMPOSER_LIBS)

-include $(COMPOSER_OBJECTS:.o=.d)
