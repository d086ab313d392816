#!/bin/sh
echo summed
