// Command metrics-judge reads a /metrics page on stdin with Prometheus' own parser and linter (what `promtool check metrics`
// does). It prints one JSON line per metric family, or fails with the parser's complaint. Complaints of the linter are about
// style and go to stderr. Never part of the product.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	"github.com/prometheus/common/expfmt"
)

type family struct {
	Name    string              `json:"name"`
	Type    string              `json:"type"`
	Help    string              `json:"help"`
	Samples []map[string]string `json:"labels"`
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func main() {
	page, err := io.ReadAll(os.Stdin)
	if err != nil {
		fail(err)
	}
	var parser expfmt.TextParser
	families, err := parser.TextToMetricFamilies(bytes.NewReader(page))
	if err != nil {
		fail(err)
	}
	problems, err := promlint.New(bytes.NewReader(page)).Lint()
	if err != nil {
		fail(err)
	}
	for _, problem := range problems {
		fmt.Fprintf(os.Stderr, "%s: %s\n", problem.Metric, problem.Text)
	}
	out := json.NewEncoder(os.Stdout)
	for name, each := range families {
		line := family{Name: name, Type: each.GetType().String(), Help: each.GetHelp()}
		for _, metric := range each.GetMetric() {
			labels := map[string]string{}
			for _, pair := range metric.GetLabel() {
				labels[pair.GetName()] = pair.GetValue()
			}
			line.Samples = append(line.Samples, labels)
		}
		if err := out.Encode(line); err != nil {
			fail(err)
		}
	}
}
