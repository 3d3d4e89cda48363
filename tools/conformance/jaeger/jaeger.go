//go:build jaeger

// Package jaeger pins a whole Jaeger (v1, all in one), to judge our traces by its query API. Never part of the product.
// It cannot be had by `go install`, because its own go.mod replaces a module.
package jaeger

import _ "github.com/jaegertracing/jaeger/cmd/all-in-one"
