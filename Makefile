# SPDX-License-Identifier: Apache-2.0
# Each folder's build.mk adds its products to ALL, its tests to TESTS and its sources to LINT_SOURCES.
# Everything that is made goes under build/, which mirrors what `make install` puts under share/nagaya.

BUILD  := build
PREFIX ?= /usr/local
CROSS  ?= aarch64-linux-gnu-

# The tree's own place, whatever letters it has, is in nothing that is built.
NO_PATHS := -ffile-prefix-map='$(subst ','\'',$(CURDIR))=.'

HOST_CC     ?= gcc
HOST_CFLAGS := -std=c17 -O2 -g -D_GNU_SOURCE -Iabi -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes \
               -Wmissing-prototypes -Wno-missing-field-initializers -Werror $(NO_PATHS)

# What is made is told by its name; V=1 shows the commands.
ifndef V
.SILENT:
endif
say = $(if $(findstring s,$(firstword -$(MAKEFLAGS))),,@echo '  $(@:$(BUILD)/%=%)')

ALL :=
TESTS :=
LINT_SOURCES :=

.PHONY: all test unit-test system-test bench lint install uninstall clean
all:

include $(sort $(wildcard */build.mk))

all: $(ALL)

clean:
	rm -rf $(BUILD)
