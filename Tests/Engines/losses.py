"""Changes of an exported file, each of which loses one property: the comparison must notice it, or it would prove nothing."""

LOSSES = [
    ("Every property: once.", "Every property."), ("parameterType: NUMBER_INTEGER", "parameterType: STRING"), ("defaultValue: 2024", "defaultValue: 2025"),
    ("description: The year", "description: A year"), ("      name:\n        parameterType: STRING\n", "      name:\n        parameterType: STRING\n        isOptional: true\n"),
    ("name: load data", "name: load"), ("componentInputParameter: ratio", "componentInputParameter: year"), ("maxRetryCount: 2", "maxRetryCount: 1"),
    ("backoffDuration: '30s'", "backoffDuration: '3s'"), ("dependentTasks:\n        - fit-model\n", "dependentTasks:\n        - load-data\n"),
    ("cachingOptions: {}", "cachingOptions: {enableCache: true}"), ("enableCache: true", "enableCache: false"), ("- '-a'", "- '-c'"),
    ("producerTask: count-lines", "producerTask: fit-model"), ("outputArtifactKey: lines", "outputArtifactKey: rows"), ("two\n", "one\n"),
    ("image: acme/private:1", "image: acme/private:2"), ("image: acme/tools:1", "image: acme/tools:2"), ("      mlpipeline_ui_metadata:", "      plots:"),
    ("name: SHARED", "name: UNSHARED"), ("value: 'hi ", "value: 'ho "), ("name: GREETING", "name: HIDDEN"), ("resourceCpuRequest: '1'", "resourceCpuRequest: '2'"),
    ("resourceCpuLimit: '2'", "resourceCpuLimit: '3'"), ("resourceMemoryRequest: '2G'", "resourceMemoryRequest: '2M'"),
    ("resourceMemoryLimit: '4G'", "resourceMemoryLimit: '5G'"), ("resourceType: amd.com/gpu", "resourceType: nvidia.com/gpu"),
    ("resourceCount: '1'", "resourceCount: '2'"), ("imagePullPolicy: Always", "imagePullPolicy: Never"), ("- secretName: registry", "- secretName: other"),
    ("secretKey: pw", "secretKey: user"), ("envVar: HIDDEN", "envVar: SEEN"), ("constant: data-pvc", "constant: c-pvc"), ("mountPath: /mnt/data", "mountPath: /data"),
    ("subPath: team/a", "subPath: team"), ("sizeLimit: '2G'", "sizeLimit: '1G'"), ("value: 'yes'", "value: 'no'"), ("operator: Exists", "operator: Equal"),
    ("stage: test", "stage: production"), ("team: ml", "team: other"), ("acme.io/note: a b", "acme.io/note: a"), ("loads **all**", "loads"), ("disk: ssd", "disk: hdd"),
    ("- key: zone", "- key: region"), ("operator: In\n", "operator: NotIn\n"), ("weight: 10", "weight: 11"), ("activeDeadlineSeconds: '600'", "activeDeadlineSeconds: '60'"),
    ('"limit_seconds": 600', '"limit_seconds": 60'), ('"plots/*.png"', '"*.png"'), ('/load.ipynb"', '/other.ipynb"'), ('"year": 2024', '"years": 2024'),
    ("/archives/", "/archive/"),
]
