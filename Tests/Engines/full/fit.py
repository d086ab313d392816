open("model.txt", "w").write("fit")
