// Package controllers stands in for the module of this name, which Cilium's packages name and registries may lack.
// What is recorded here does not run through it: exporting a service needs no derived one.
package controllers

// DerivedServiceAnnotation is named by code that imports services, which is not started here.
const DerivedServiceAnnotation = "multicluster.kubernetes.io/derived-service"
